// What every processor of the architecture runs.
#define ORTNCE_LANES 4
#define ORTNCE_ROWS 4
#define ORTNCE_VECTORS 2  // 8 accumulators, 2 panel vectors, a broadcast and a product: 16 registers
#define ORTNCE_LEVEL "baseline"
#define ORTNCE_CLASS_KERNELS kBaselineClassKernels
#include "kernels/cpu/class_block-inl.h"
