// The output layer as kernels see it: where the embedding and the bias of a class lie.
#pragma once

#include "kernels/cuda/number.cuh"

namespace ortnce::kernels::cuda {

/// Everything in device memory. See ClassRows for the partitions.
struct ClassLayer {
  const unsigned char* first;     // partition 0
  const void* const* partitions;  // [P]
  const int64_t* ends;            // [P] running sums of their rows
  int64_t num_partitions;
  bool mod;
  int64_t row_bytes;
  const void* biases;  // null = zeros

  /// The embedding of a class.
  ORTNCE_DEVICE const unsigned char* row(int64_t class_id) const {
    if (num_partitions == 1) return first + class_id * row_bytes;
    int64_t partition = 0, row = class_id;
    if (mod) {
      partition = class_id % num_partitions;
      row = class_id / num_partitions;
    } else {
      int64_t end = num_partitions - 1;  // the partition lies in [partition, end]
      while (partition < end) {
        const int64_t middle = (partition + end) / 2;
        if (ends[middle] > class_id) {
          end = middle;
        } else {
          partition = middle + 1;
        }
      }
      if (partition > 0) row -= ends[partition - 1];
    }
    return static_cast<const unsigned char*>(partitions[partition]) + row * row_bytes;
  }

  template <class W>
  ORTNCE_DEVICE float bias(int64_t class_id) const {
    return biases == nullptr ? 0.0f : widen(static_cast<const W*>(biases)[class_id]);
  }

  /// What is added to the dot product of a class: bias - log(expected count); `count` null = bias alone.
  template <class W>
  ORTNCE_DEVICE float offset(int64_t class_id, const float* count) const {
    const float b = bias<W>(class_id);
    return count == nullptr ? b : static_cast<float>(static_cast<double>(b) - log(static_cast<double>(*count)));
  }
};

}  // namespace ortnce::kernels::cuda
