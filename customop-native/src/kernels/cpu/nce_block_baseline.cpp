// What every processor of the architecture runs.
#define ORTNCE_LANES 4
#define ORTNCE_ROWS 4
#define ORTNCE_VECTORS 2  // 8 accumulators, 2 panel vectors, a broadcast and a product: 16 registers
#define ORTNCE_LEVEL "baseline"
#define ORTNCE_KERNELS kBaselineKernels
#include "kernels/cpu/nce_block-inl.h"
