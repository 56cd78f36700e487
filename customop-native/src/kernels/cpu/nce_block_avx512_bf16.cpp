// AVX-512 with its products of bfloat16 pairs (AVX512_BF16), as tiles of the same shape as those of floats.
#define ORTNCE_LANES 16
#define ORTNCE_ROWS 6
#define ORTNCE_VECTORS 4
#define ORTNCE_BFLOAT16_PAIRS
#define ORTNCE_LEVEL "avx512_bf16"
#define ORTNCE_KERNELS kAvx512Bf16Kernels
#include "kernels/cpu/nce_block-inl.h"
