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

/// The conversions of the same level.
const ConversionKernels& active_conversion_kernels();

/// The optimizers' update rules of the same level.
const OptimizerKernels& active_optimizer_kernels();

}  // namespace ortnce::kernels::cpu
