// AVX-512 F, DQ, BW, VL. Compiled with the flags of those four.
#define ORTNCE_DOUBLES 8
#define ORTNCE_SAMPLING kAvx512Sampling
#include "sampling/cpu/sampling_block-inl.h"
