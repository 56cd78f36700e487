// What every processor of the architecture has.
#define ORTNCE_LANES 4
#define ORTNCE_LEVEL "baseline"
#define ORTNCE_KERNELS kBaselineConversionKernels
#include "kernels/cpu/conversion_block-inl.h"
