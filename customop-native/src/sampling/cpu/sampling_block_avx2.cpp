// AVX2 and FMA. Compiled with -mavx2 -mfma.
#define ORTNCE_DOUBLES 4
#define ORTNCE_SAMPLING kAvx2Sampling
#include "sampling/cpu/sampling_block-inl.h"
