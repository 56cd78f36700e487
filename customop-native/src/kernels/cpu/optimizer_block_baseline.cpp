// What every processor of the architecture has.
#define ORTNCE_LEVEL "baseline"
#define ORTNCE_KERNELS kBaselineOptimizerKernels
#include "kernels/cpu/optimizer_block-inl.h"
