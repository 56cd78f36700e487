// The losses as problems for a GPU: the large arrays are in device memory, ids and counts in host memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/class_rows.h"
#include "kernels/element_type.h"
#include "kernels/labels.h"

namespace ortnce::kernels::cuda {

/// The output layer in device memory.
struct DeviceClasses {
  ElementType type = ElementType::kFloat;  // of embeddings and biases
  PartitionStrategy strategy = PartitionStrategy::kDiv;
  int64_t num_partitions = 0;
  const void* const* partitions = nullptr;  // [P], host; each the device address of [sizes[p], D]
  const int64_t* sizes = nullptr;           // [P], host; rows of each partition
  const void* biases = nullptr;             // device; one a class; null = zeros
};

/// A batch and the classes of its labels; what the losses have in common. Labels were checked: each is
/// kIgnoredLabel or the id of a row. B = batch, T = num_true, D = dim; each may be 0 (T: only with B).
struct DeviceBatch {
  int64_t batch = 0;
  int64_t num_true = 0;
  int64_t dim = 0;
  ElementType type = ElementType::kFloat;  // of inputs
  const void* inputs = nullptr;            // device; [B, D] row major
  const int64_t* labels = nullptr;         // host; [B, T]
  DeviceClasses classes;
  bool tf32 = false;  // products of float by float on tensor cores, both rounded to 11 bits
};

/// Bytes that a run needs in host memory and in device memory.
struct RunBytes {
  size_t host = 0;
  size_t device = 0;
};

/// Memory of a run, each of as many bytes and aligned to 256. The run fills `host` and copies it to the
/// device on its stream: pageable memory may be reused at once, pinned memory when the stream is past
/// the run. `device` is used by the stream until then.
struct RunMemory {
  void* host = nullptr;
  void* device = nullptr;
};

/// Whether there are kernels for inputs and embeddings of these types: equal ones, or float inputs.
constexpr bool has_kernels(ElementType inputs, ElementType weights) {
  return inputs == weights || inputs == ElementType::kFloat;
}

}  // namespace ortnce::kernels::cuda
