// The classes of a table in the tiles that the class kernels take.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/class_table.h"
#include "kernels/conversion.h"
#include "kernels/cpu/class_block.h"
#include "kernels/row_products.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {

/// Cuts ranges of classes into tiles; rows are read in place where they need no conversion and lie one behind the
/// other, else copied together. The tiles of a range are the same however the table is partitioned.
class ClassTiles {
 public:
  /// `products`: how the rows are read.
  ClassTiles(const cpu::ClassBlockKernels& kernels, const ClassTable& table, const RowProducts& products)
      : table_(table), type_(products.read_as(table.type())), dim_(products.dim()) {
    // A tile is read once for each panel of examples: it has to stay in the second-level cache.
    constexpr int64_t kTileFloats = 1 << 14, kMostGroups = 16;
    const int64_t wanted = kTileFloats / std::max<int64_t>(dim_, 1) / kernels.tile_rows;
    rows_ = std::clamp<int64_t>(wanted, 1, kMostGroups) * kernels.tile_rows;
  }

  /// The most classes of a tile: a multiple of the kernels' tile_rows.
  int64_t rows() const { return rows_; }

  /// Room for `users` of for_each at a time to copy rows to: none where they never need to.
  float* take_scratch(CheckedBytes* bytes, void* workspace, int64_t users) const {
    return bytes->take<float>(workspace, users, rows_, copied_row() + copied_bias());
  }

  /// The part of one user, 0 <= user < users.
  float* scratch_of(float* scratch, int64_t user) const {
    return scratch + user * rows_ * (copied_row() + copied_bias());
  }

  /// Calls visit(tile) for the classes [begin, end) of the table, in order; places count from
  /// `origin`. `zeros`: rows() zeros. `scratch`: scratch_of().
  template <class Visit>
  void for_each(int64_t begin, int64_t end, int64_t origin, const float* zeros, float* scratch, Visit visit) const {
    for (int64_t first = begin; first < end; first += rows_) {
      const int64_t count = std::min(rows_, end - first);
      const int64_t in_place = type_ == ElementType::kFloat ? table_.run_length(first) : 0;
      const float* const rows =
          in_place >= count ? static_cast<const float*>(table_.row(first)) : copied_rows(first, count, scratch);
      const float* const next_rows = in_place > count ? rows + count * dim_ : nullptr;
      visit(cpu::ClassTile{rows, biases(first, count, zeros, scratch), first - origin, count, next_rows});
    }
  }

 private:
  /// Floats of the scratch that a row takes, and its bias.
  int64_t copied_row() const { return table_.partitioned() || type_ != ElementType::kFloat ? dim_ : 0; }
  int64_t copied_bias() const { return table_.has_biases() && table_.type() != ElementType::kFloat ? 1 : 0; }

  const float* copied_rows(int64_t first, int64_t count, float* scratch) const {
    for (int64_t c = 0; c < count;) {
      const int64_t run = std::min(table_.run_length(first + c), count - c);
      widen(type_, table_.row(first + c), run * dim_, scratch + c * dim_);
      c += run;
    }
    return scratch;
  }

  /// Widened ones follow the rows in `scratch`.
  const float* biases(int64_t first, int64_t count, const float* zeros, float* scratch) const {
    if (!table_.has_biases()) return zeros;
    if (table_.type() == ElementType::kFloat) return static_cast<const float*>(table_.biases(first));
    float* const widened = scratch + rows_ * copied_row();
    widen(table_.type(), table_.biases(first), count, widened);
    return widened;
  }

  const ClassTable& table_;
  ElementType type_;  // that the rows are read as
  int64_t dim_;
  int64_t rows_;
};

}  // namespace ortnce::kernels
