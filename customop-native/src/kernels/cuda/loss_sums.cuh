// Sums of softplus over the columns, example by example: the part of the losses that costs the time.
#pragma once

#include "kernels/cuda/logits_walk.cuh"
#include "kernels/cuda/softplus.cuh"

namespace ortnce::kernels::cuda {

struct LossSumsParams {
  LogitsParams logits;
  double* sums;  // [slices, B]
};

/// Of any Products, so that the size does not depend on the architecture.
inline constexpr int kMostColumnWarps = 4;

template <class Products>
struct LossSumsStorage {
  WalkStorage<Products> walk;
  double totals[kMostColumnWarps][kTile];
};

/// Adds up the parts of each row over the kLanes lanes that share it, halving the rows of a lane with each
/// exchange: afterwards the lane has the sums of 8 / kLanes rows, from the row that is returned on.
template <int kLanes>
ORTNCE_DEVICE int exchange_sums(float (&parts)[kPerThread]) {
  const int lane = thread_index() % kWarp;
  int first = 0;
#pragma unroll
  for (int step = 0; (1 << step) < kLanes; ++step) {
    const int half = kPerThread >> (step + 1);
    const bool upper = (lane >> step & 1) != 0;
#pragma unroll
    for (int r = 0; r < half; ++r) {
      const float kept = upper ? parts[r + half] : parts[r], given = upper ? parts[r] : parts[r + half];
      parts[r] = kept + shuffle_xor(given, 1 << step);
    }
    if (upper) first += half;
  }
  return first;
}

/// sums[slice, i] = sum of softplus of the logits of example i over the columns of the slice. Each tile
/// adds a float, of 32 or 64 terms, to totals in double.
template <class Pair>
ORTNCE_KERNEL(kThreads, 2) loss_sums(ORTNCE_PARAMS LossSumsParams p) {
  using Products = typename Pair::Products;
  auto& storage = *reinterpret_cast<LossSumsStorage<Products>*>(shared_memory());
  constexpr int kRowsOfLane = kPerThread / Products::kRowLanes;
  for (int at = thread_index(); at < Products::kColumnWarps * kTile; at += kThreads) {
    store_shared(&storage.totals[at / kTile][at % kTile], 0.0);
  }
  LogitsWalk<Products> walk(p.logits, storage.walk);
  walk.run([&](Products& logits, int64_t) {
    float parts[kPerThread];
#pragma unroll
    for (int i = 0; i < kPerThread; ++i) {
      parts[i] = value_of(softplus_sum<kPerThread>([&](int j) { return logits.at(i, j); }));
    }
    const int first = exchange_sums<Products::kRowLanes>(parts);
#pragma unroll
    for (int r = 0; r < kRowsOfLane; ++r) {
      double* const total = &storage.totals[Products::column_warp()][Products::row(first + r)];
      store_shared(total, load_shared(total) + static_cast<double>(parts[r]));
    }
  });
  sync_block();
  const int64_t example = block_x() * kTile + thread_index();
  if (thread_index() >= kTile || example >= p.logits.batch) return;
  double sum = 0;
#pragma unroll
  for (int warp = 0; warp < Products::kColumnWarps; ++warp) sum += load_shared(&storage.totals[warp][thread_index()]);
  p.sums[block_y() * p.logits.batch + example] = sum;
}

}  // namespace ortnce::kernels::cuda
