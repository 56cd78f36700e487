// How rows of inputs and of embeddings are multiplied: number by number as floats or, where both are
// bfloat16 and the processor multiplies pairs of them, pair by pair. Two adjacent bfloat16 numbers take the
// bits of one float: the block kernels of pairs read rows of D numbers as rows of D / 2 "floats".
#pragma once

#include <cstdint>

#include "kernels/element_type.h"

namespace ortnce::kernels {

/// The inputs of a problem, as floats and, if they were given so, as bfloat16.
struct Inputs {
  const float* floats = nullptr;   // [B, D] row major
  const void* bfloat16 = nullptr;  // [B, D], the same numbers; null = of another type
};

/// Whether `data` can be read as rows of pairs: whole ones, at addresses of floats.
inline bool holds_pairs(const void* data, int64_t dim) {
  return dim % 2 == 0 && reinterpret_cast<uintptr_t>(data) % sizeof(float) == 0;
}

/// Rows as the block kernels read them.
class RowProducts {
 public:
  /// `pairs`: whether inputs and embeddings, of `type`, are read as pairs.
  RowProducts(bool pairs, ElementType type, int64_t dim)
      : pairs_(pairs), type_(pairs ? ElementType::kFloat : type), dim_(pairs ? dim / 2 : dim) {}

  bool pairs() const { return pairs_; }

  /// What the embeddings are for the kernels, and the length of their rows and those of inputs.
  ElementType row_type() const { return type_; }
  int64_t dim() const { return dim_; }

  /// [B, dim()].
  const float* rows(const Inputs& inputs) const {
    return pairs_ ? static_cast<const float*>(inputs.bfloat16) : inputs.floats;
  }

 private:
  bool pairs_;
  ElementType type_;
  int64_t dim_;
};

}  // namespace ortnce::kernels
