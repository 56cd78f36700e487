// Finds the columns of a tile of logits that are labels of their example: these take no part there.
#pragma once

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/tile.cuh"

namespace ortnce::kernels::cuda {

/// The labels of a batch.
struct Labels {
  const int64_t* ids;  // [B, T]; null = nothing is masked
  int64_t batch;
  int64_t num_true;
};

/// A set of the labels of a tile of examples that may hold others too: the few columns that it holds are
/// compared one by one.
class LabelFilter {
 public:
  static constexpr int kWords = 512;

  /// Fills the filter, kWords in shared memory, by all threads of the block. Barriers inside.
  template <int kThreadsOfBlock>
  ORTNCE_DEVICE static void fill(uint32_t* filter, const Labels& labels, int64_t first_example) {
    for (int i = thread_index(); i < kWords; i += kThreadsOfBlock) store_shared(filter + i, 0u);
    sync_block();
    if (labels.ids != nullptr) {
      const int64_t rest = labels.batch - first_example, examples = rest < kTile ? rest : kTile;
      const int64_t* const ids = labels.ids + first_example * labels.num_true;
      for (int64_t at = thread_index(); at < examples * labels.num_true; at += kThreadsOfBlock) {
        const uint32_t hash = hash_of(ids[at]);
        or_shared(filter + hash / 32, 1u << hash % 32);
      }
    }
    sync_block();
  }

  ORTNCE_DEVICE static bool may_hold(const uint32_t* filter, int64_t id) {
    const uint32_t hash = hash_of(id);
    return (load_shared(filter + hash / 32) >> hash % 32 & 1) != 0;
  }

 private:
  /// 14 bits by Fibonacci hashing.
  ORTNCE_DEVICE static uint32_t hash_of(int64_t id) {
    return static_cast<uint32_t>(static_cast<uint64_t>(id) * 0x9E3779B97F4A7C15u >> 50);
  }
};

/// Whether `id` is a label of the example.
ORTNCE_DEVICE bool is_label(const Labels& labels, int64_t example, int64_t id) {
  if (example >= labels.batch) return false;
  const int64_t* const ids = labels.ids + example * labels.num_true;
  for (int64_t j = 0; j < labels.num_true; ++j) {
    if (ids[j] == id) return true;
  }
  return false;
}

}  // namespace ortnce::kernels::cuda
