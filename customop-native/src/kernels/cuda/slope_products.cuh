// Products of slopes and rows: the gradients of inputs and of candidates.
//
// out[m, n] = sum over k of slope(m, k) rows[k][n]. For the inputs, m are examples and k candidates; for the
// candidates the other way round, with the slopes transposed.
#pragma once

#include "kernels/cuda/logits_walk.cuh"
#include "kernels/cuda/panel.cuh"

namespace ortnce::kernels::cuda {

struct SlopeProductsParams {
  const float* slopes;  // [M, stride], or transposed [K, stride]; rows begin at multiples of 16 bytes
  int64_t stride;
  int m, k;
  const void* const* rows;  // [K] of `dim` numbers each; null = zeros
  int dim;
  bool aligned;  // all rows begin at multiples of 16 bytes
  bool add;      // to what `out` holds
  float* out;    // [M, dim]
  const bool* changes = nullptr;  // [M] which rows of `out` do, whatever the others' products are; null = all
};

template <class Row>
struct SlopeProductsStorage {
  unsigned char slopes[kStages][kTile * kStepBytes];
  unsigned char rows[kStages][PanelCopy<Row>::kPanelBytes];
};

/// Copies the slopes and rows of a step.
template <class Row, bool kTransposed>
class SlopeProductsCopy {
 public:
  ORTNCE_DEVICE SlopeProductsCopy(const SlopeProductsParams& params, SlopeProductsStorage<Row>& storage)
      : p_(params), storage_(storage) {
    find_rows(0);
  }

  ORTNCE_DEVICE void run(int step, int stage) {
    const int first_m = static_cast<int>(block_y()) * kTile, first_k = step * kStepTerms;
    if constexpr (kTransposed) {
      const float* slopes[PanelCopy<float>::kRows];
#pragma unroll
      for (int i = 0; i < PanelCopy<float>::kRows; ++i) {
        const int k = first_k + PanelCopy<float>::row(i);
        slopes[i] = k < p_.k ? p_.slopes + k * p_.stride : nullptr;
      }
      PanelCopy<float>::run(storage_.slopes[stage], slopes, first_m, p_.m, true);
    } else {
      using Copy = TileCopy<float, kStepTerms>;
      const unsigned char* slopes[Copy::kRows];
#pragma unroll
      for (int i = 0; i < Copy::kRows; ++i) {
        const int m = first_m + Copy::row(i);
        slopes[i] = m < p_.m ? reinterpret_cast<const unsigned char*>(p_.slopes + m * p_.stride) : nullptr;
      }
      Copy::run(storage_.slopes[stage], slopes, first_k, p_.k, true);
    }
    PanelCopy<Row>::run(storage_.rows[stage], rows_, static_cast<int>(block_x()) * kTile, p_.dim, p_.aligned);
    find_rows(step + 1);
  }

 private:
  /// Looks up the rows of a step ahead of its copies.
  ORTNCE_DEVICE void find_rows(int step) {
#pragma unroll
    for (int i = 0; i < PanelCopy<Row>::kRows; ++i) {
      const int k = step * kStepTerms + PanelCopy<Row>::row(i);
      rows_[i] = k < p_.k ? static_cast<const Row*>(p_.rows[k]) : nullptr;
    }
  }

  const SlopeProductsParams& p_;
  SlopeProductsStorage<Row>& storage_;
  const Row* rows_[PanelCopy<Row>::kRows];
};

/// Block x has the columns of tile x of `out`, which may be many more than a grid is tall, block y the rows of tile y.
inline Grid product_grid(const SlopeProductsParams& p) { return {ceil_div(p.dim, kTile), ceil_div(p.m, kTile)}; }

template <class Row, class Products, bool kTransposed>
ORTNCE_DEVICE void multiply_slopes(const SlopeProductsParams& p) {
  auto& storage = *reinterpret_cast<SlopeProductsStorage<Row>*>(shared_memory());
  SlopeProductsCopy<Row, kTransposed> copy(p, storage);
  const int steps = (p.k + kStepTerms - 1) / kStepTerms;
  for (int stage = 0; stage < kStages - 1; ++stage) {
    if (stage < steps) copy.run(stage, stage);
    commit_copies();
  }
  Products products;
  products.clear();
  int stage = 0;
  for (int step = 0; step < steps; ++step) {
    wait_copies<kStages - 2>();
    sync_block();
    if (step + kStages - 1 < steps) copy.run(step + kStages - 1, stage == 0 ? kStages - 1 : stage - 1);
    commit_copies();
    products.add(storage.slopes[stage], storage.rows[stage]);
    stage = stage == kStages - 1 ? 0 : stage + 1;
  }
  const int first_n = static_cast<int>(block_x()) * kTile + Products::column(0);
#pragma unroll
  for (int i = 0; i < Products::kRows; ++i) {
    const int m = static_cast<int>(block_y()) * kTile + Products::row(i);
    if (m >= p.m || (p.changes != nullptr && !p.changes[m])) continue;
    float* const out = p.out + static_cast<int64_t>(m) * p.dim + first_n;
#pragma unroll
    for (int j = 0; j < Products::kColumns; ++j) {
      const int n = Products::column(j) - Products::column(0);
      if (n < p.dim - first_n) out[n] = p.add ? out[n] + products.at(i, j) : products.at(i, j);
    }
  }
}

/// The gradients of the inputs: rows are embeddings.
template <class Pair>
ORTNCE_KERNEL(kThreads, 2) multiply_embeddings(ORTNCE_PARAMS SlopeProductsParams p) {
  multiply_slopes<typename Pair::Weight, typename Pair::template SlopeProducts<typename Pair::Weight, false>, false>(p);
}

/// The gradients of the candidates: rows are inputs, slopes transposed.
template <class Pair>
ORTNCE_KERNEL(kThreads, 2) multiply_inputs(ORTNCE_PARAMS SlopeProductsParams p) {
  multiply_slopes<typename Pair::Input, typename Pair::template SlopeProducts<typename Pair::Input, true>, true>(p);
}

}  // namespace ortnce::kernels::cuda
