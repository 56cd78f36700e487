// Where the embedding row of a class lies when the weights are partitioned.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ortnce::kernels {

enum class PartitionStrategy { kDiv, kMod };

/// A row of one partition.
struct RowAddress {
  size_t partition;
  int64_t row;
};

/// Maps class ids to rows, as tf.nn.embedding_lookup does for its two strategies.
class ClassRows {
 public:
  /// `sizes`: rows of each partition, in order. At least one partition.
  ClassRows(PartitionStrategy strategy, std::vector<int64_t> sizes) : strategy_(strategy), ends_(std::move(sizes)) {
    for (size_t p = 1; p < ends_.size(); ++p) ends_[p] += ends_[p - 1];
  }

  int64_t total() const { return ends_.back(); }

  /// 0 <= class_id < total().
  RowAddress find(int64_t class_id) const {
    const auto partitions = static_cast<int64_t>(ends_.size());
    if (partitions == 1) return {0, class_id};
    if (strategy_ == PartitionStrategy::kMod) {
      return {static_cast<size_t>(class_id % partitions), class_id / partitions};
    }
    const auto end = std::upper_bound(ends_.begin(), ends_.end(), class_id);
    const auto partition = static_cast<size_t>(end - ends_.begin());
    return {partition, class_id - (partition == 0 ? 0 : ends_[partition - 1])};
  }

  /// How many classes from `class_id` on lie one behind the other in one partition, at least 1.
  /// 0 <= class_id < total().
  int64_t run_length(int64_t class_id) const {
    if (ends_.size() == 1) return total() - class_id;
    if (strategy_ == PartitionStrategy::kMod) return 1;
    return *std::upper_bound(ends_.begin(), ends_.end(), class_id) - class_id;
  }

  /// Rows that partition p of `partitions` must have under "mod": the first total % partitions
  /// partitions have one row more.
  static int64_t mod_size(int64_t total, int64_t partitions, int64_t p) {
    return total / partitions + (p < total % partitions ? 1 : 0);
  }

 private:
  PartitionStrategy strategy_;
  std::vector<int64_t> ends_;  // running sums of the sizes
};

}  // namespace ortnce::kernels
