// The columns of the logits of a batch: sampled candidates, or all classes.
#pragma once

#include "kernels/cuda/class_layer.cuh"

namespace ortnce::kernels::cuda {

/// Everything in device memory. Without lists, column c is class c of the layer.
struct Columns {
  int64_t count;
  const int64_t* ids;       // [count] classes, or null
  const void* const* rows;  // [count] their embeddings, or null
  const float* offsets;     // [count] bias - log(expected count), or null
  ClassLayer layer;

  /// The embedding of a column; null from `count` on.
  ORTNCE_DEVICE const unsigned char* row(int64_t column) const {
    if (column >= count) return nullptr;
    return rows == nullptr ? layer.row(column) : static_cast<const unsigned char*>(rows[column]);
  }

  ORTNCE_DEVICE int64_t id(int64_t column) const { return ids == nullptr ? column : ids[column]; }

  template <class W>
  ORTNCE_DEVICE float offset(int64_t column) const {
    return offsets == nullptr ? layer.bias<W>(column) : offsets[column];
  }
};

}  // namespace ortnce::kernels::cuda
