// Arrays in the half types.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/conversion.h"

namespace ortnce::test {

inline constexpr kernels::ElementType kHalfTypes[] = {kernels::ElementType::kFloat16, kernels::ElementType::kBfloat16};

/// `count` numbers rounded to a half type, `shift` of them past an address of floats; the floats that they come
/// from are rounded with them.
class HalfArray {
 public:
  HalfArray(kernels::ElementType type, float* numbers, int64_t count, int64_t shift = 0)
      : bits_(static_cast<size_t>(count + shift) + 1), shift_(shift) {  // rows of no numbers have an address too
    kernels::narrow(numbers, count, type, bits_.data() + shift);
    kernels::widen(type, bits_.data() + shift, count, numbers);
  }

  /// Where number `i` is stored.
  const void* at(int64_t i) const { return bits_.data() + shift_ + i; }

 private:
  std::vector<uint16_t> bits_;
  int64_t shift_;
};

}  // namespace ortnce::test
