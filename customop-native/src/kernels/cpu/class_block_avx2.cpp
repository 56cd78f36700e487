// AVX2 and FMA: 256-bit vectors, 16 registers. Compiled with -mavx2 -mfma -mf16c.
#define ORTNCE_LANES 8
#define ORTNCE_ROWS 6
#define ORTNCE_VECTORS 2  // 12 accumulators, 2 panel vectors, a broadcast
#define ORTNCE_LEVEL "avx2"
#define ORTNCE_CLASS_KERNELS kAvx2ClassKernels
#include "kernels/cpu/class_block-inl.h"
