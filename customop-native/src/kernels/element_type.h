// How the numbers of inputs, embeddings and biases are stored. Arithmetic is in float whatever they are.
#pragma once

#include <cstdint>

namespace ortnce::kernels {

enum class ElementType { kFloat, kFloat16, kBfloat16 };

/// The bits of an IEEE 754 binary16 number: 1 sign, 5 exponent, 10 fraction.
struct Float16 {
  uint16_t bits;
};

/// The upper half of the bits of a float: 1 sign, 8 exponent, 7 fraction.
struct Bfloat16 {
  uint16_t bits;
};

constexpr int64_t element_bytes(ElementType type) { return type == ElementType::kFloat ? 4 : 2; }

}  // namespace ortnce::kernels
