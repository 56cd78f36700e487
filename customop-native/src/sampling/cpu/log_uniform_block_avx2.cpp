// AVX2 and FMA. Compiled with -mavx2 -mfma.
#define ORTNCE_DOUBLES 4
#define ORTNCE_SAMPLING kAvx2Sampling
#include "sampling/cpu/log_uniform_block-inl.h"
