// How the logits of a batch are cut into blocks: a function of the sizes alone, so that the order of every
// sum, and with it every bit of the result, is the same on every device of an architecture.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/sizes.h"

namespace ortnce::kernels::cuda {

/// Examples, and columns, of a tile of logits.
inline constexpr int kTile = 128;

struct ColumnPlan {
  int64_t example_tiles;
  int64_t slice_tiles;  // tiles of columns that one block walks over
  int64_t slices;       // 0 without columns

  ColumnPlan(int64_t batch, int64_t columns) : example_tiles(ceil_div(batch, kTile)) {
    // Four to eight times the blocks that a large device runs at once: the last ones to end leave little
    // of it idle. Each slice has a sum for every example, hence not more of them.
    constexpr int64_t kBlocks = 1024, kMostSlices = 64;
    const int64_t tiles = ceil_div(columns, kTile), wanted = kBlocks / std::max<int64_t>(example_tiles, 1);
    slice_tiles = ceil_div(tiles, std::clamp<int64_t>(wanted, 1, kMostSlices));
    slices = tiles == 0 ? 0 : ceil_div(tiles, slice_tiles);
  }
};

}  // namespace ortnce::kernels::cuda
