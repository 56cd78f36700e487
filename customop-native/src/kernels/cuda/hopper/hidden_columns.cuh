// Finds the columns of a warpgroup's tile that take no part: labels of their example, and those past the last.
#pragma once

#include "kernels/cuda/columns.cuh"
#include "kernels/cuda/hopper/warpgroup.cuh"
#include "kernels/cuda/label_mask.cuh"

namespace ortnce::kernels::cuda {

/// The columns of one tile that may be hidden in some example: a bit for each, the same in all lanes of a warp.
class HiddenColumns {
 public:
  ORTNCE_DEVICE HiddenColumns(const Labels& labels, const Columns& columns, const uint32_t* filter,
                              int64_t first_column)
      : labels_(labels), columns_(columns), first_column_(first_column) {
    const bool whole = first_column + kGroupColumns <= columns.count;
#pragma unroll
    for (int word = 0; word < kWords; ++word) {
      bits_[word] = 0;
      if (whole && labels.ids == nullptr) continue;
      const int64_t column = first_column + word * kWarp + thread_index() % kWarp;
      bits_[word] = ballot(column >= columns.count || LabelFilter::may_hold(filter, columns.id(column)));
    }
  }

  /// Makes the hidden ones of kNumbers numbers from `first` on, a multiple, -infinity. `first_example`: that of the
  /// warpgroup.
  ORTNCE_DEVICE void hide(GroupSums& sums, int first, int64_t first_example) const {
    const int word = first / kNumbers * 2;
    const uint64_t bits = uint64_t{bits_[word + 1]} << kWarp | bits_[word];
    if (bits == 0) return;
    uint32_t hidden = 0;
#pragma unroll 1
    for (int i = 0; i < kNumbers; ++i) {
      const int column = GroupSums::column(i);
      if ((bits >> column & 1) == 0) continue;
      if (is_hidden(first_column_ + word * kWarp + column, first_example + GroupSums::row(i))) hidden |= 1u << i;
    }
    if (hidden == 0) return;
#pragma unroll
    for (int i = 0; i < kNumbers; ++i) {
      if ((hidden >> i & 1) != 0) sums.numbers[first + i] = -INFINITY;
    }
  }

  /// A thread's numbers of 64 columns.
  static constexpr int kNumbers = 32;

 private:
  static constexpr int kWords = kGroupColumns / kWarp;

  ORTNCE_DEVICE bool is_hidden(int64_t column, int64_t example) const {
    return column >= columns_.count || is_label(labels_, example, columns_.id(column));
  }

  const Labels& labels_;
  const Columns& columns_;
  int64_t first_column_;
  uint32_t bits_[kWords];
};

}  // namespace ortnce::kernels::cuda
