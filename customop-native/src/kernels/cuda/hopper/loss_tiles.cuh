// Tiles of examples and columns on their way from device memory to the matrix products: one thread has them
// copied, two warpgroups multiply them.
#pragma once

#include "kernels/cuda/hopper/hopper_plan.h"
#include "kernels/cuda/hopper/warpgroup.cuh"

namespace ortnce::kernels::cuda {

/// Warpgroups that multiply, each half of the examples, and the one that has tiles copied.
inline constexpr int kConsumers = 2 * kWarpgroup, kHopperThreads = kConsumers + kWarpgroup;

/// Registers of their threads: 65536 for all.
inline constexpr int kConsumerRegisters = 240, kCopierRegisters = 24;

/// Numbers of a step: a row of a tile.
inline constexpr int kHopperStep = kTileRowBytes / 2;

/// Tiles of columns on their way or in use. Tiles of examples stay where all steps have a slot of their own, up to
/// 512 numbers a row; else they come with the columns again and again.
inline constexpr int kColumnSlots = 3, kExampleSlots = 8;

inline constexpr int kExampleTileBytes = kHopperExamples * kTileRowBytes;
inline constexpr int kColumnTileBytes = kHopperColumns * kTileRowBytes;

struct TileSlots {
  unsigned char examples[kExampleSlots][kExampleTileBytes];
  unsigned char columns[kColumnSlots][kColumnTileBytes];
  Barrier full[kColumnSlots];   // tiles have come
  Barrier empty[kColumnSlots];  // tiles were read
  Barrier lead;                 // the first warpgroup is ahead

  /// One thread's work, before a barrier of the block.
  ORTNCE_DEVICE void init() {
#pragma unroll
    for (int slot = 0; slot < kColumnSlots; ++slot) {
      init_barrier(&full[slot], 1);
      init_barrier(&empty[slot], kConsumers / kWarp);
    }
    init_barrier(&lead, 1);
    publish_barriers();
  }
};

/// The slots in turn, and the parity of the phase that their barriers are in.
struct SlotTurn {
  int slot = 0, parity = 0;

  ORTNCE_DEVICE void advance() {
    if (++slot < kColumnSlots) return;
    slot = 0;
    parity ^= 1;
  }
};

/// What a block walks over.
struct TileWalk {
  int first_example, first_column;
  int tiles;  // of columns
  int steps;  // of a row

  ORTNCE_DEVICE bool examples_stay() const { return steps <= kExampleSlots; }
  ORTNCE_DEVICE int example_slot(int step, int slot) const { return examples_stay() ? step : slot; }
};

/// Has all tiles copied, each as soon as its slot is empty. One thread's work.
ORTNCE_DEVICE void copy_tiles(const TileWalk& walk, const TensorMap& examples, const TensorMap& columns,
                              TileSlots& slots) {
  SlotTurn turn;
  for (int tile = 0; tile < walk.tiles; ++tile) {
    for (int step = 0; step < walk.steps; ++step) {
      wait(&slots.empty[turn.slot], turn.parity ^ 1);
      const bool with_examples = tile == 0 || !walk.examples_stay();
      Barrier* const full = &slots.full[turn.slot];
      arrive_and_expect(full, kColumnTileBytes + (with_examples ? kExampleTileBytes : 0));
      if (with_examples) {
        copy_box(slots.examples[walk.example_slot(step, turn.slot)], examples, step * kHopperStep, walk.first_example,
                 full);
      }
      copy_box(slots.columns[turn.slot], columns, step * kHopperStep, walk.first_column + tile * kHopperColumns, full);
      turn.advance();
    }
  }
}

/// A warpgroup's products of its 64 examples and the tiles of columns.
template <class T>
class TileProducts {
 public:
  ORTNCE_DEVICE TileProducts(const TileWalk& walk, TileSlots& slots) : walk_(walk), slots_(slots) {}

  /// Calls visit(sums, tile) with the products of each tile, numbers of all columns of 64 examples.
  template <class Visit>
  ORTNCE_DEVICE void run(Visit&& visit) {
    // With the same slots to read, the groups would come to `visit` together and leave the tensor cores idle. With
    // enough steps one that is ahead stays ahead.
    const int lead = walk_.tiles == 1 && walk_.steps == 1 ? 1 : kColumnSlots - 1;
    if (group() == 1) wait(&slots_.lead, 0);
    SlotTurn turn;
    int before = 0, done = 0;
    for (int tile = 0; tile < walk_.tiles; ++tile) {
      GroupSums sums;
      for (int step = 0; step < walk_.steps; ++step) {
        wait(&slots_.full[turn.slot], turn.parity);
        add_step(sums, step, turn.slot);
        wait_operands<1>();
        if (step > 0) release(before);
        if (thread_index() == 0 && ++done == lead) arrive(&slots_.lead);
        before = turn.slot;
        turn.advance();
      }
      wait_products(sums);
      release(before);
      visit(sums, tile);
    }
  }

 private:
  ORTNCE_DEVICE static int group() { return thread_index() / kWarpgroup; }

  ORTNCE_DEVICE void add_step(GroupSums& sums, int step, int slot) {
    const unsigned char* const examples =
        slots_.examples[walk_.example_slot(step, slot)] + group() * kGroupRows * kTileRowBytes;
    const unsigned char* const columns = slots_.columns[slot];
    begin_products();
#pragma unroll
    for (int at = 0; at < kHopperStep; at += kProductNumbers) {
      multiply_add_async(T{}, sums, examples + at * 2, columns + at * 2, step > 0 || at > 0);
    }
    commit_products();
  }

  /// A warp has read the tiles of a slot.
  ORTNCE_DEVICE void release(int slot) {
    if (thread_index() % kWarp == 0) arrive(&slots_.empty[slot]);
  }

  const TileWalk& walk_;
  TileSlots& slots_;
};

}  // namespace ortnce::kernels::cuda
