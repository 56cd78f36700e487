// Walks a tile of examples over the columns of its slice: the logits of one tile of columns after the
// other, in registers, while the copies of the next are on their way.
#pragma once

#include "kernels/cuda/columns.cuh"
#include "kernels/cuda/label_mask.cuh"
#include "kernels/cuda/tile.cuh"

namespace ortnce::kernels::cuda {

/// The logits of a batch, cut into tiles: block x has the examples of tile x, block y the columns of slice y.
struct LogitsParams {
  const unsigned char* inputs;  // [B, D]
  int64_t batch;
  int dim;
  bool inputs_aligned, rows_aligned;  // all rows begin at multiples of 16 bytes
  Labels masked;
  Columns columns;
  int64_t slice_tiles;  // tiles of columns of a slice
};

/// Copies on their way at a time: the step in use and two more.
inline constexpr int kStages = 3;

/// Tiles whose columns are known: the one in use, those on their way, and the next.
inline constexpr int kSlots = kStages + 1;

/// What the threads of a block share. Tiles first, for their alignment.
template <class Products>
struct WalkStorage {
  using InputCopy = TileCopy<typename Products::Input, kStepNumbers<typename Products::Input>>;
  using WeightCopy = TileCopy<typename Products::Weight, kStepNumbers<typename Products::Input>>;

  unsigned char inputs[kStages][InputCopy::kTileBytes];
  unsigned char weights[kStages][WeightCopy::kTileBytes];
  const unsigned char* rows[2][kTile];  // embeddings of the columns of tile n at n % 2
  int64_t ids[kSlots][kTile];           // a class, kPlain or kOutside, of tile n at n % kSlots
  float offsets[kSlots][kTile];
  uint32_t filter[LabelFilter::kWords];
};

/// A column that is no label of any example of the block, and one past the last.
inline constexpr int64_t kPlain = -2, kOutside = -3;

template <class Products>
class LogitsWalk {
 public:
  using Storage = WalkStorage<Products>;
  using Input = typename Products::Input;
  using Weight = typename Products::Weight;

  ORTNCE_DEVICE LogitsWalk(const LogitsParams& params, Storage& storage) : p_(params), storage_(storage) {
    steps_ = (p_.dim + kStepNumbers<Input> - 1) / kStepNumbers<Input>;
    if (steps_ == 0) steps_ = 1;  // of zeros
    const int64_t all = (p_.columns.count + kTile - 1) / kTile, rest = all - first_tile();
    tiles_ = static_cast<int>(rest < p_.slice_tiles ? rest : p_.slice_tiles);
  }

  /// Calls visit(products, first_column) with the logits of each tile; hits and columns past the last
  /// are -infinity.
  template <class Visit>
  ORTNCE_DEVICE void run(Visit&& visit) {
    LabelFilter::fill<kThreads>(storage_.filter, p_.masked, first_example());
    note_columns(0);
    for (int stage = 0; stage < kStages - 1; ++stage) {
      sync_block();
      begin_copies(stage);
    }
    Products products;
    products.clear();
    int stage = 0;
    for (int tile = 0; tile < tiles_; ++tile) {
      for (int step = 0; step < steps_; ++step) {
        wait_copies<kStages - 2>();
        sync_block();  // all see the copies of this step, and none reads those of the step before
        begin_copies(stage == 0 ? kStages - 1 : stage - 1);
        products.add(storage_.inputs[stage], storage_.weights[stage]);
        stage = stage == kStages - 1 ? 0 : stage + 1;
      }
      finish(products, tile % kSlots);
      visit(products, (first_tile() + tile) * kTile);
      products.clear();
    }
  }

 private:
  using InputCopy = typename Storage::InputCopy;
  using WeightCopy = typename Storage::WeightCopy;

  ORTNCE_DEVICE int64_t first_example() const { return block_x() * kTile; }
  ORTNCE_DEVICE int64_t first_tile() const { return block_y() * p_.slice_tiles; }

  /// Begins the copies of the next step, a group even where there is none.
  ORTNCE_DEVICE void begin_copies(int stage) {
    if (copy_tile_ < tiles_) {
      if (copy_step_ == 0) note_columns(copy_tile_ + 1);
      const unsigned char* examples[InputCopy::kRows];
#pragma unroll
      for (int i = 0; i < InputCopy::kRows; ++i) {
        const int64_t example = first_example() + InputCopy::row(i);
        examples[i] = example < p_.batch ? p_.inputs + example * p_.dim * int{sizeof(Input)} : nullptr;
      }
      const unsigned char* rows[WeightCopy::kRows];
#pragma unroll
      for (int i = 0; i < WeightCopy::kRows; ++i) {
        rows[i] = load_shared(&storage_.rows[copy_tile_ % 2][WeightCopy::row(i)]);
      }
      const int first = copy_step_ * kStepNumbers<Input>;
      InputCopy::run(storage_.inputs[stage], examples, first, p_.dim, p_.inputs_aligned);
      WeightCopy::run(storage_.weights[stage], rows, first, p_.dim, p_.rows_aligned);
      if (++copy_step_ == steps_) {
        copy_step_ = 0;
        ++copy_tile_;
      }
    }
    commit_copies();
  }

  /// Leaves what is to know of the columns of a tile, one barrier before its copies begin. What lay in the
  /// slots was last read before the last barrier: the embeddings by the copies of two tiles before, offset
  /// and class kSlots tiles before.
  ORTNCE_DEVICE void note_columns(int tile) {
    if (tile >= tiles_ || thread_index() >= kTile) return;
    const int64_t column = (first_tile() + tile) * kTile + thread_index();
    int64_t id = kOutside;
    float offset = 0;
    if (column < p_.columns.count) {
      offset = p_.columns.template offset<Weight>(column);
      id = p_.columns.id(column);
      if (!LabelFilter::may_hold(storage_.filter, id)) id = kPlain;
    }
    store_shared(&storage_.rows[tile % 2][thread_index()], p_.columns.row(column));
    store_shared(&storage_.ids[tile % kSlots][thread_index()], id);
    store_shared(&storage_.offsets[tile % kSlots][thread_index()], offset);
  }

  /// Makes logits of products.
  ORTNCE_DEVICE void finish(Products& products, int slot) const {
#pragma unroll
    for (int j = 0; j < kPerThread; ++j) {
      const int column = Products::column(j);
      const float offset = load_shared(&storage_.offsets[slot][column]);
#pragma unroll
      for (int i = 0; i < kPerThread; ++i) products.at(i, j) += offset;
      const int64_t id = load_shared(&storage_.ids[slot][column]);
      if (id == kPlain) continue;
      const uint32_t masked = masked_rows(id);
#pragma unroll
      for (int i = 0; i < kPerThread; ++i) {
        if ((masked >> i & 1) != 0) products.at(i, j) = -INFINITY;
      }
    }
  }

  /// Bit i: whether row i of the thread takes no part in the column of a class.
  ORTNCE_DEVICE uint32_t masked_rows(int64_t id) const {
    if (id == kOutside) return (1u << kPerThread) - 1;
    uint32_t masked = 0;
#pragma unroll 1
    for (int i = 0; i < kPerThread; ++i) {
      if (is_label(p_.masked, first_example() + Products::row(i), id)) masked |= 1u << i;
    }
    return masked;
  }

  const LogitsParams& p_;
  Storage& storage_;
  int tiles_, steps_;
  int copy_tile_ = 0, copy_step_ = 0;  // what is copied next
};

}  // namespace ortnce::kernels::cuda
