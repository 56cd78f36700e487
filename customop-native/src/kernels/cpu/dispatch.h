// Chooses the instruction-set level at run time.
#pragma once

#include "kernels/cpu/nce_block.h"

namespace ortnce::kernels::cpu {

/// The environment variable that forces a level by name.
inline constexpr const char* kLevelVariable = "ORTNCE_ISA";

/// The kernels of the level called `name`, or null if this build or this processor lacks it.
const NceBlockKernels* find_kernels(const char* name);

/// The kernels in use: those ORTNCE_ISA names, else the best this processor runs. Fixed at first
/// use. A name that cannot run here gives null.
const NceBlockKernels* active_kernels();

/// The levels this processor runs, best first, as "avx512, avx2, baseline".
const char* available_levels();

}  // namespace ortnce::kernels::cpu
