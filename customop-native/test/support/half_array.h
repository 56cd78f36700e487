// Arrays in the half types.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/conversion.h"

namespace ortnce::test {

inline constexpr kernels::ElementType kHalfTypes[] = {kernels::ElementType::kFloat16, kernels::ElementType::kBfloat16};

/// `count` numbers rounded to a half type; the floats that they come from are rounded with them.
class HalfArray {
 public:
  HalfArray(kernels::ElementType type, float* numbers, int64_t count)
      : bits_(static_cast<size_t>(count) + 1) {  // rows of no numbers have an address too
    kernels::narrow(numbers, count, type, bits_.data());
    kernels::widen(type, bits_.data(), count, numbers);
  }

  /// Where number `i` is stored.
  const void* at(int64_t i) const { return bits_.data() + i; }

 private:
  std::vector<uint16_t> bits_;
};

}  // namespace ortnce::test
