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

/// Whether losses of half types may use the kernels of compute capability 9.0, which the device must have.
enum class HopperKernels {
  kNever,
  kWhereFaster,
  kWherePossible,  // whatever the sizes, in at most two slices: for tests, whose blocks then have several tiles
};

/// A batch and the classes of its labels; what the losses have in common. Labels were checked: each is
/// kIgnoredLabel or the id of a row. B = batch, T = num_true, D = dim; each may be 0 (T: only with B). Inputs and
/// classes are of one type, or the inputs are floats.
struct DeviceBatch {
  int64_t batch = 0;
  int64_t num_true = 0;
  int64_t dim = 0;
  ElementType type = ElementType::kFloat;  // of inputs
  const void* inputs = nullptr;            // device; [B, D] row major
  const int64_t* labels = nullptr;         // host; [B, T]
  int64_t counted_examples = 0;            // those with a label that is not ignored: what a mean is over
  DeviceClasses classes;
  bool tf32 = false;  // products of float by float on tensor cores, both rounded to 11 bits
  HopperKernels hopper = HopperKernels::kNever;
};

/// The sampled candidates of a run; the default is none.
struct Sample {
  bool all_classes = false;               // instead of candidates
  int64_t size = 0;                       // S
  const int64_t* candidates = nullptr;    // host; [S] class ids
  const float* true_counts = nullptr;     // host; [B, T] expected counts; null = no log terms
  const float* sampled_counts = nullptr;  // host; [S]; null together with true_counts
};

inline constexpr Sample kAllClasses{true};

/// Kernels count the numbers of a row in int, and a grid is at most 2^31 - 1 blocks wide: there may be one for every
/// label and candidate.
inline constexpr int64_t kMostDim = int64_t{1} << 30, kMostIds = (int64_t{1} << 31) - 1;

/// Bytes that a run needs in host memory and in device memory.
struct RunBytes {
  size_t host = 0;
  size_t device = 0;
};

/// Memory of a run, each of as many bytes, `host` aligned for numbers and `device` to 64. The run fills `host` and
/// copies it to the device on its stream: pageable memory may be reused at once, pinned memory when the stream is
/// past the run. `device` is used by the stream until then.
struct RunMemory {
  void* host = nullptr;
  void* device = nullptr;
};

}  // namespace ortnce::kernels::cuda
