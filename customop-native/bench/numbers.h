// Random numbers for large arrays: a hash of the place, so that a gigabyte takes a second.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kernels/conversion.h"

namespace ortnce::bench {

inline uint64_t hash(uint64_t x) {
  x = (x ^ (x >> 31)) * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9u;
  return x ^ (x >> 32);
}

/// `count` numbers, uniform in (-scale, scale).
inline std::vector<float> uniform_floats(int64_t count, float scale, uint64_t seed) {
  std::vector<float> numbers(static_cast<size_t>(count));
  for (size_t i = 0; i < numbers.size(); ++i) {
    const auto steps = static_cast<int32_t>(hash(i + (seed << 40)) >> 40) - (1 << 23);
    numbers[i] = scale * (static_cast<float>(steps) + 0.5f) * 0x1p-23f;
  }
  return numbers;
}

/// Numbers as they are stored, and as floats: rounded to `type`.
struct StoredNumbers {
  StoredNumbers(kernels::ElementType element_type, std::vector<float> numbers)
      : type(element_type), floats(std::move(numbers)) {
    if (type == kernels::ElementType::kFloat) return;
    halves.resize(floats.size());
    const auto count = static_cast<int64_t>(floats.size());
    kernels::narrow(floats.data(), count, type, halves.data());
    kernels::widen(type, halves.data(), count, floats.data());
  }

  /// Where number `i` is stored.
  const void* at(int64_t i) const {
    if (type == kernels::ElementType::kFloat) return floats.data() + i;
    return halves.data() + i;
  }

  kernels::ElementType type;
  std::vector<float> floats;
  std::vector<uint16_t> halves;
};

/// Whether products of these types are those of bfloat16 pairs, where the processor has them.
inline bool in_pairs(kernels::ElementType inputs, kernels::ElementType weights) {
  return inputs == kernels::ElementType::kBfloat16 && weights == kernels::ElementType::kBfloat16;
}

/// The types of inputs and weights as a suffix of a name; nothing for floats.
inline std::string types_text(kernels::ElementType inputs, kernels::ElementType weights) {
  constexpr const char* kNames[] = {"f", "h", "bf"};
  if (inputs == kernels::ElementType::kFloat && weights == inputs) return "";
  return std::string(", ") + kNames[static_cast<int>(inputs)] + " x " + kNames[static_cast<int>(weights)];
}

/// `count` ids, uniform in [0, classes).
inline std::vector<int64_t> uniform_ids(int64_t count, int64_t classes, uint64_t seed) {
  std::vector<int64_t> ids(static_cast<size_t>(count));
  for (size_t i = 0; i < ids.size(); ++i) {
    ids[i] = static_cast<int64_t>(hash(i + (seed << 40)) % static_cast<uint64_t>(classes));
  }
  return ids;
}

/// The sum of squares of `actual` - `expected` over that of `expected`, both [count].
template <class Actual>
double relative_square(const Actual* actual, const double* expected, int64_t count) {
  double error = 0, norm = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double difference = static_cast<double>(actual[i]) - expected[i];
    error += difference * difference;
    norm += expected[i] * expected[i];
  }
  return error / norm;
}

}  // namespace ortnce::bench
