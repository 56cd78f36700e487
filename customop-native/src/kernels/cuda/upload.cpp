#include "kernels/cuda/upload.h"

#include <algorithm>

namespace ortnce::kernels::cuda {
namespace {

constexpr uintptr_t kAlignment = 16;

bool aligned(const void* rows, int64_t dim, ElementType type) {
  const auto row_bytes = static_cast<uintptr_t>(dim) * static_cast<uintptr_t>(element_bytes(type));
  return reinterpret_cast<uintptr_t>(rows) % kAlignment == 0 && row_bytes % kAlignment == 0;
}

}  // namespace

void Upload::fill(const DeviceBatch& batch, const Sample& sample) const {
  const int64_t count = batch.batch * batch.num_true;
  std::copy_n(batch.labels, count, labels);
  std::copy_n(sample.candidates, sample.size, candidates);
  if (true_counts != nullptr) std::copy_n(sample.true_counts, count, true_counts);
  if (sampled_counts != nullptr) std::copy_n(sample.sampled_counts, sample.size, sampled_counts);
  int64_t end = 0;
  for (int64_t p = 0; p < batch.classes.num_partitions; ++p) {
    partitions[p] = batch.classes.partitions[p];
    ends[p] = end += batch.classes.sizes[p];
  }
}

bool inputs_aligned(const DeviceBatch& batch) { return aligned(batch.inputs, batch.dim, batch.type); }

bool rows_aligned(const DeviceBatch& batch) {
  const DeviceClasses& classes = batch.classes;
  return std::all_of(classes.partitions, classes.partitions + classes.num_partitions,
                     [&](const void* rows) { return aligned(rows, batch.dim, classes.type); });
}

}  // namespace ortnce::kernels::cuda
