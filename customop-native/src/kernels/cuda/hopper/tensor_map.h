// Makes the maps of matrices that the copy engine reads.
#pragma once

#include "kernels/cuda/hopper/copy_engine.cuh"

namespace ortnce::kernels::cuda {

/// Rows of 2-byte numbers side by side, at multiples of 16 bytes.
struct RowMatrix {
  ElementType type = ElementType::kFloat16;  // or kBfloat16
  const void* first = nullptr;               // device
  int64_t rows = 0;                          // in [1, 2^31)
  int64_t dim = 0;                           // numbers of a row; a multiple of 8, at least 8
};

/// A map for boxes of `box_rows`, at most 256, by 64 numbers.
Status make_tensor_map(const RowMatrix& matrix, int box_rows, TensorMap* map);

}  // namespace ortnce::kernels::cuda
