// NEON (Advanced SIMD) with its fused products: 128-bit vectors, 32 registers.
#define ORTNCE_LANES 4
#define ORTNCE_ROWS 6
#define ORTNCE_VECTORS 4  // 24 accumulators, 4 panel vectors, broadcasts taken from lanes
#define ORTNCE_LEVEL "neon"
#define ORTNCE_KERNELS kNeonKernels
#include "kernels/cpu/nce_block-inl.h"
