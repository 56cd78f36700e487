// How far a level's softplus is from the exact value, in ulp of the result.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "kernels/cpu/nce_block.h"

namespace ortnce::test {

inline float float_of_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

/// log(1 + exp(x)) in double, good to a few 2^-53 of the result for every x.
inline double exact_softplus(float x) {
  const double wide = x;
  return std::fmax(wide, 0.0) + std::log1p(std::exp(-std::fabs(wide)));
}

/// |got - exact| in units of the spacing of floats at `exact`; infinite for a NaN.
inline double ulp_error(float got, double exact) {
  const double spacing = exact < std::numeric_limits<float>::min() ? 0x1p-149 : std::ldexp(1.0, std::ilogb(exact) - 23);
  const double error = std::fabs(static_cast<double>(got) - exact) / spacing;
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

/// The worst of the inputs that were added.
class SoftplusAccuracy {
 public:
  explicit SoftplusAccuracy(const kernels::cpu::NceBlockKernels& kernels) : kernels_(kernels) {}

  /// x[i] finite.
  void add(const float* x, const double* exact, int64_t count) {
    constexpr int64_t kBlock = 1024;
    float out[kBlock];
    for (int64_t begin = 0; begin < count; begin += kBlock) {
      const int64_t n = count - begin < kBlock ? count - begin : kBlock;
      kernels_.softplus(x + begin, n, out);
      for (int64_t i = 0; i < n; ++i) {
        const double error = ulp_error(out[i], exact[begin + i]);
        if (error > worst_) {
          worst_ = error;
          worst_x_ = x[begin + i];
        }
      }
    }
  }

  double worst() const { return worst_; }
  float worst_x() const { return worst_x_; }
  const char* level() const { return kernels_.level; }

 private:
  const kernels::cpu::NceBlockKernels& kernels_;
  double worst_ = 0;
  float worst_x_ = 0;
};

}  // namespace ortnce::test
