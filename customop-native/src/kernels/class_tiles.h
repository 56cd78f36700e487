// The classes of a table in the tiles that the class kernels take.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/class_table.h"
#include "kernels/cpu/class_block.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {

/// Cuts ranges of classes into tiles; rows are read in place where they lie one behind the other,
/// else copied together. The tiles of a range are the same however the table is partitioned.
class ClassTiles {
 public:
  ClassTiles(const cpu::ClassBlockKernels& kernels, int64_t dim) : dim_(dim) {
    // A tile is read once for each panel of examples: it has to stay in the second-level cache.
    constexpr int64_t kTileFloats = 1 << 14, kMostGroups = 16;
    const int64_t wanted = kTileFloats / std::max<int64_t>(dim, 1) / kernels.tile_rows;
    rows_ = std::clamp<int64_t>(wanted, 1, kMostGroups) * kernels.tile_rows;
  }

  /// The most classes of a tile: a multiple of the kernels' tile_rows.
  int64_t rows() const { return rows_; }

  /// Room for `users` of for_each at a time to copy rows to: none where they never need to.
  float* take_scratch(CheckedBytes* bytes, void* workspace, int64_t users, bool partitioned) const {
    return bytes->take<float>(workspace, partitioned ? users : 0, rows_, dim_);
  }

  /// The part of one user, 0 <= user < users.
  float* scratch_of(float* scratch, int64_t user, bool partitioned) const {
    return partitioned ? scratch + user * rows_ * dim_ : nullptr;
  }

  /// Calls visit(tile) for the classes [begin, end) of the table, in order; places count from
  /// `origin`. `zeros`: rows() zeros. `scratch`: scratch_of().
  template <class Visit>
  void for_each(const ClassTable& table, int64_t begin, int64_t end, int64_t origin, const float* zeros, float* scratch,
                Visit visit) const {
    for (int64_t first = begin; first < end; first += rows_) {
      const int64_t count = std::min(rows_, end - first);
      const float* rows = table.row(first);
      const int64_t in_place = table.run_length(first);
      const float* const next_rows = in_place > count ? rows + count * dim_ : nullptr;
      if (in_place < count) {
        for (int64_t c = 0; c < count;) {
          const int64_t run = std::min(table.run_length(first + c), count - c);
          std::copy_n(table.row(first + c), run * dim_, scratch + c * dim_);
          c += run;
        }
        rows = scratch;
      }
      const float* const biases = table.biases() == nullptr ? zeros : table.biases() + first;
      visit(cpu::ClassTile{rows, biases, first - origin, count, next_rows});
    }
  }

 private:
  int64_t dim_;
  int64_t rows_;
};

}  // namespace ortnce::kernels
