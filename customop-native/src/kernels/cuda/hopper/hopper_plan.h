// How the logits of a batch are cut into blocks for the kernels of compute capability 9.0: a function of the sizes
// alone, as ColumnPlan is.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/sizes.h"

namespace ortnce::kernels::cuda {

/// Examples and columns of a tile of logits.
inline constexpr int kHopperExamples = 128, kHopperColumns = 256;

struct HopperPlan {
  int64_t example_tiles;
  int64_t column_tiles;
  int64_t slice_tiles = 0;  // tiles of columns that one block walks over
  int64_t slices = 0;

  HopperPlan(int64_t batch, int64_t columns, int64_t most_slices = kMostSlices)
      : example_tiles(ceil_div(batch, kHopperExamples)), column_tiles(ceil_div(columns, kHopperColumns)) {
    // A multiprocessor has one block at a time. A round of blocks costs the tiles of one, and about one
    // more until its first products run.
    int64_t least = INT64_MAX;
    for (int64_t wanted = 1; wanted <= std::min(most_slices, column_tiles); ++wanted) {
      const int64_t tiles = ceil_div(column_tiles, wanted), cut = ceil_div(column_tiles, tiles);
      const int64_t cost = ceil_div(example_tiles * cut, kMultiprocessors) * (tiles + 1);
      if (cost >= least) continue;
      least = cost;
      slice_tiles = tiles;
      slices = cut;
    }
  }

  /// Whether there is a tile for every multiprocessor: with less, smaller tiles are faster.
  bool fills_device() const { return example_tiles * column_tiles >= kMultiprocessors; }

 private:
  static constexpr int64_t kMostSlices = 64;  // each has a sum for every example

  /// Of an H100 or H200; others take the same plan.
  static constexpr int64_t kMultiprocessors = 132;
};

}  // namespace ortnce::kernels::cuda
