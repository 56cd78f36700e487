// How rows of inputs and of embeddings are multiplied: number by number as floats or, where both are
// bfloat16 and the processor multiplies pairs of them, pair by pair. Two adjacent bfloat16 numbers take the
// bits of one float: the block kernels of pairs read rows of D numbers as rows of D / 2 "floats".
#pragma once

#include <cstdint>

#include "kernels/element_type.h"

namespace ortnce::kernels {

/// The inputs of a problem as they are stored.
struct Inputs {
  ElementType type = ElementType::kFloat;
  const void* data = nullptr;  // [B, D] row major
};

/// Whether `data` can be read as rows of pairs: whole ones, at addresses of floats.
inline bool holds_pairs(const void* data, int64_t dim) {
  return dim % 2 == 0 && reinterpret_cast<uintptr_t>(data) % sizeof(float) == 0;
}

/// Rows as the block kernels read them.
class RowProducts {
 public:
  /// `pairs`: whether inputs and embeddings are read as pairs.
  RowProducts(bool pairs, int64_t dim) : pairs_(pairs), dim_(pairs ? dim / 2 : dim) {}

  bool pairs() const { return pairs_; }

  /// What numbers that are stored as `type` are for the kernels.
  ElementType read_as(ElementType type) const { return pairs_ ? ElementType::kFloat : type; }

  /// The length of rows for the kernels.
  int64_t dim() const { return dim_; }

  /// The row of an example, [dim()] numbers of read_as(inputs.type).
  const void* row(const Inputs& inputs, int64_t example) const {
    return static_cast<const char*>(inputs.data) + example * dim_ * element_bytes(read_as(inputs.type));
  }

 private:
  bool pairs_;
  int64_t dim_;
};

}  // namespace ortnce::kernels
