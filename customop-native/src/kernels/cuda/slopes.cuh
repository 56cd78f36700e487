// Slopes of the candidates, for a chunk of examples by a chunk of candidates: d loss / d v.
#pragma once

#include "kernels/cuda/logits_walk.cuh"
#include "kernels/cuda/softplus.cuh"

namespace ortnce::kernels::cuda {

struct SlopesParams {
  LogitsParams logits;
  const float* example_grads;  // [B] d / d loss_i
  const bool* counted;         // [B] whether the example has slopes
  float* slopes;               // [B, stride]
  int64_t stride;              // at least the columns, rounded up to whole tiles
};

/// slopes[i, k] = example_grads[i] * sigmoid(logit); 0 for hits, for columns past the last
/// and in examples without counted labels, whatever they hold.
template <class Pair>
ORTNCE_KERNEL(kThreads, 2) find_slopes(ORTNCE_PARAMS SlopesParams p) {
  using Products = typename Pair::Products;
  auto& storage = *reinterpret_cast<WalkStorage<Products>*>(shared_memory());
  LogitsWalk<Products> walk(p.logits, storage);
  walk.run([&](Products& logits, int64_t first_column) {
#pragma unroll
    for (int i = 0; i < kPerThread; ++i) {
      const int64_t example = block_x() * kTile + Products::row(i);
      if (example >= p.logits.batch) continue;
      const bool counted = p.counted[example];
      const float gradient = p.example_grads[example];
      float* const slopes = p.slopes + example * p.stride + first_column + Products::column(0);
#pragma unroll
      for (int j = 0; j < kPerThread; ++j) {
        const float v = logits.at(i, j);
        slopes[Products::column(j) - Products::column(0)] = counted && v != -INFINITY ? gradient * sigmoid(v) : 0.0f;
      }
    }
  });
}

}  // namespace ortnce::kernels::cuda
