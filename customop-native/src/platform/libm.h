// The double-precision libm calls whose symbol versions would raise the oldest glibc we run on.
#pragma once

#include <cmath>

#include "platform/glibc.h"

// glibc 2.29 gave exp and log new versions (they stopped reporting through errno). The older ones
// are the same arithmetic.
#ifdef ORTNCE_OLDEST_GLIBC
extern "C" {
double ortnce_libm_exp(double x);
double ortnce_libm_log(double x);
}
__asm__(".symver ortnce_libm_exp, exp@" ORTNCE_OLDEST_GLIBC);
__asm__(".symver ortnce_libm_log, log@" ORTNCE_OLDEST_GLIBC);
#else
inline double ortnce_libm_exp(double x) { return std::exp(x); }
inline double ortnce_libm_log(double x) { return std::log(x); }
#endif

namespace ortnce::platform {

inline double exp(double x) { return ortnce_libm_exp(x); }
inline double log(double x) { return ortnce_libm_log(x); }

}  // namespace ortnce::platform
