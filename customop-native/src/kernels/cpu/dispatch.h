// The block kernels of the instruction-set level in use.
#pragma once

#include "kernels/cpu/class_block.h"
#include "kernels/cpu/conversion_block.h"
#include "kernels/cpu/nce_block.h"
#include "kernels/cpu/optimizer_block.h"

namespace ortnce::kernels::cpu {

/// The kernels of the level called `name`, or null if this build or this processor lacks it.
const NceBlockKernels* find_kernels(const char* name);

/// The kernels of platform::active_level().
const NceBlockKernels& active_kernels();

/// The kernels over all classes of the same level.
const ClassBlockKernels& active_class_kernels();

/// The kernels that multiply pairs of bfloat16 numbers at the same level, or null where no instruction does:
/// rows of pairs take the place of rows of floats, inputs and embeddings alike. Tiles and panels are those
/// of active_kernels(). Only pack_panel, sampled_sums and sampled_slopes are of use.
const NceBlockKernels* active_pair_kernels();

/// The same over all classes.
const ClassBlockKernels* active_class_pair_kernels();

/// The conversions of the same level.
const ConversionKernels& active_conversion_kernels();

/// The optimizers' update rules of the same level.
const OptimizerKernels& active_optimizer_kernels();

}  // namespace ortnce::kernels::cpu
