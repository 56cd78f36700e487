// Products of slopes and rows: the gradients of inputs and of candidates.
//
// out[m, n] = sum over k of slope(m, k) rows[k][n]. For the inputs, m are examples and k candidates; for the
// candidates the other way round, with the slopes transposed.
#pragma once

#include "kernels/cuda/logits_walk.cuh"

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
};

/// Terms of a sum that one step adds.
inline constexpr int kStepTerms = 16;

/// kStepTerms rows of kTile numbers T in shared memory, one row behind the other.
template <class T>
struct PanelCopy {
  static constexpr int kRowBytes = kTile * static_cast<int>(sizeof(T)), kChunks = kRowBytes / 16;
  static constexpr int kPanelBytes = kStepTerms * kRowBytes;
  static constexpr int kRows = kStepTerms * kChunks / kThreads;  // of a thread

  ORTNCE_DEVICE static int row(int i) { return thread_index() / kChunks + i * (kThreads / kChunks); }

  /// Numbers [first, first + kTile) of the thread's rows, zeros from `count` on and where a row is null.
  ORTNCE_DEVICE static void run(unsigned char* panel, const T* const (&rows)[kRows], int first, int count, bool aligned) {
    constexpr int kInChunk = 16 / static_cast<int>(sizeof(T));
    const int chunk = thread_index() % kChunks;
    const int begin = first + chunk * kInChunk;
#pragma unroll
    for (int i = 0; i < kRows; ++i) {
      const bool valid = rows[i] != nullptr && begin < count;
      copy_chunk(panel + row(i) * kRowBytes + chunk * 16, valid ? rows[i] + begin : nullptr, valid ? count - begin : 0,
                 aligned);
    }
  }
};

/// Sums of a tile that belong to one thread, by fused multiply-adds: each is one chain. The 8 warps of a
/// block are 4 by 2, the lanes of each 4 by 8; a thread has two times four columns side by side.
template <class Row, bool kTransposed>
struct FmaSlopeProducts {
  float sums[kPerThread][kPerThread] = {};

  ORTNCE_DEVICE static int lane() { return thread_index() % kWarp; }
  ORTNCE_DEVICE static int row(int i) {
    const int first = thread_index() / kWarp / 2 * 32;
    return kTransposed ? first + i / 4 * 16 + lane() / 8 * 4 + i % 4 : first + lane() / 8 + 4 * i;
  }
  ORTNCE_DEVICE static int column(int j) {
    return thread_index() / kWarp % 2 * 64 + j / 4 * 32 + lane() % 8 * 4 + j % 4;
  }

  ORTNCE_DEVICE float at(int i, int j) const { return sums[i][j]; }

  ORTNCE_DEVICE void add(const unsigned char* slopes, const unsigned char* rows) {
#pragma unroll 1
    for (int k = 0; k < kStepTerms; k += 2) {
      float a[2][kPerThread];
      load_slopes(slopes, k, a);
#pragma unroll
      for (int n = 0; n < 2; ++n) {
#pragma unroll
        for (int half = 0; half < 2; ++half) {
          const auto* const from = rows + (k + n) * PanelCopy<Row>::kRowBytes + column(4 * half) * int{sizeof(Row)};
          const auto four = load_shared(reinterpret_cast<const Pack<Row, 4>*>(from));
#pragma unroll
          for (int j = 0; j < 4; ++j) {
            const float x = widen(four.numbers[j]);
#pragma unroll
            for (int i = 0; i < kPerThread; ++i) sums[i][4 * half + j] = fmaf(a[n][i], x, sums[i][4 * half + j]);
          }
        }
      }
    }
  }

 private:
  ORTNCE_DEVICE static void load_slopes(const unsigned char* slopes, int k, float (&a)[2][kPerThread]) {
    if constexpr (kTransposed) {
#pragma unroll
      for (int n = 0; n < 2; ++n) {
#pragma unroll
        for (int half = 0; half < 2; ++half) {
          const auto* const from = slopes + (k + n) * PanelCopy<float>::kRowBytes + row(4 * half) * int{sizeof(float)};
          const auto four = load_shared(reinterpret_cast<const Pack<float, 4>*>(from));
#pragma unroll
          for (int i = 0; i < 4; ++i) a[n][4 * half + i] = four.numbers[i];
        }
      }
    } else {
#pragma unroll
      for (int i = 0; i < kPerThread; ++i) {
        const auto* const from = slopes + chunk_offset<kStepBytes>(row(i), k / 4) + k % 4 * int{sizeof(float)};
        const auto two = load_shared(reinterpret_cast<const Pack<float, 2>*>(from));
        a[0][i] = two.numbers[0];
        a[1][i] = two.numbers[1];
      }
    }
  }
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
    const int first_m = static_cast<int>(block_x()) * kTile, first_k = step * kStepTerms;
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
    PanelCopy<Row>::run(storage_.rows[stage], rows_, static_cast<int>(block_y()) * kTile, p_.dim, p_.aligned);
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

/// Block x has the rows of tile x of `out`, block y the columns of tile y.
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
  int stage = 0;
  for (int step = 0; step < steps; ++step) {
    wait_copies<kStages - 2>();
    sync_block();
    if (step + kStages - 1 < steps) copy.run(step + kStages - 1, stage == 0 ? kStages - 1 : stage - 1);
    commit_copies();
    products.add(storage.slopes[stage], storage.rows[stage]);
    stage = stage == kStages - 1 ? 0 : stage + 1;
  }
#pragma unroll
  for (int i = 0; i < kPerThread; ++i) {
    const int m = static_cast<int>(block_x()) * kTile + Products::row(i);
#pragma unroll
    for (int j = 0; j < kPerThread; ++j) {
      const int n = static_cast<int>(block_y()) * kTile + Products::column(j);
      if (m >= p.m || n >= p.dim) continue;
      float* const to = p.out + static_cast<int64_t>(m) * p.dim + n;
      *to = p.add ? *to + products.at(i, j) : products.at(i, j);
    }
  }
}

/// The gradients of the inputs: rows are embeddings.
template <class Pair>
ORTNCE_KERNEL(kThreads, 2) multiply_embeddings(ORTNCE_PARAMS SlopeProductsParams p) {
  using W = typename Pair::Weight;
  multiply_slopes<W, FmaSlopeProducts<W, false>, false>(p);
}

/// The gradients of the candidates: rows are inputs, slopes transposed.
template <class Pair>
ORTNCE_KERNEL(kThreads, 2) multiply_inputs(ORTNCE_PARAMS SlopeProductsParams p) {
  using X = typename Pair::Input;
  multiply_slopes<X, FmaSlopeProducts<X, true>, true>(p);
}

}  // namespace ortnce::kernels::cuda
