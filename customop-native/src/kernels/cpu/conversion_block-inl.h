// Conversions: included by each level's translation unit, which defines ORTNCE_LANES, ORTNCE_LEVEL and
// ORTNCE_KERNELS.
#include "kernels/cpu/conversion_block.h"
#include "kernels/cpu/half-inl.h"

namespace ortnce::kernels::cpu {

const ConversionKernels ORTNCE_KERNELS{ORTNCE_LEVEL, &widen<Float16>, &widen<Bfloat16>, &narrow<Float16>,
                                       &narrow<Bfloat16>};

}  // namespace ortnce::kernels::cpu
