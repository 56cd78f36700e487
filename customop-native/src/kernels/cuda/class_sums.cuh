// Sums of gradients: of slopes over the examples, and of embeddings and biases by class.
#pragma once

#include "kernels/cuda/dot.cuh"
#include "kernels/cuda/label_mask.cuh"

namespace ortnce::kernels::cuda {

struct SlopeSumsParams {
  const float* slopes;  // [B, stride]
  int64_t batch;
  int64_t count;  // columns
  int64_t stride;
  bool add;      // to what `sums` holds
  double* sums;  // [count]
};

/// Queues sums[k] (+)= sum over i of slopes[i, k].
Status sum_slopes(const SlopeSumsParams& params, Stream stream);

/// Occurrences grouped by class; see nce_backward_bytes() for their sources.
struct ClassSumsParams {
  int64_t groups;          // U
  const int64_t* starts;   // [U + 1] the first occurrence of each class
  const int64_t* sources;  // [occurrences], ascending within a class
  int64_t labels;          // B T: sources from there on are candidates
  int64_t num_true;
  int64_t dim;
  const void* inputs;            // [B, D]
  const float* label_slopes;     // [B, T]
  const float* sampled;          // [S, D]; for `weights`
  const double* sampled_biases;  // [S]; for `biases`
  float* weights;                // [U, D] or null
  float* biases;                 // [U] or null
};

/// Tiles of kThreads columns that blocks have each; one for the bias if there are none.
ORTNCE_HOST_DEVICE int64_t class_tiles(const ClassSumsParams& p) {
  return p.weights == nullptr || p.dim == 0 ? 1 : (p.dim + kThreads - 1) / kThreads;
}

/// All tiles of one class after the other: there may be more of either than a grid is tall.
inline Grid class_sums_grid(const ClassSumsParams& p) { return {p.groups * class_tiles(p)}; }

/// What occurrence `source` adds to column d of the embedding of its class.
template <class X>
ORTNCE_DEVICE float add_occurrence(const ClassSumsParams& p, int64_t source, int64_t d, float sum) {
  if (source >= p.labels) return sum + p.sampled[(source - p.labels) * p.dim + d];
  const X* const input = static_cast<const X*>(p.inputs) + source / p.num_true * p.dim;
  return fmaf(p.label_slopes[source], widen(input[d]), sum);
}

/// Each sum is in order of the sources. Biases are summed in double by the first warp of a class, each lane every
/// 32nd.
template <class X>
ORTNCE_KERNEL(kThreads, 2) sum_by_class(ORTNCE_PARAMS ClassSumsParams p) {
  const int64_t tiles = class_tiles(p), group = block_x() / tiles, tile = block_x() % tiles;
  const int64_t begin = p.starts[group], end = p.starts[group + 1];
  const int64_t d = tile * kThreads + thread_index();
  if (p.weights != nullptr && d < p.dim) {
    float sum = 0;
    for (int64_t at = begin; at < end; ++at) sum = add_occurrence<X>(p, p.sources[at], d, sum);
    p.weights[group * p.dim + d] = sum;
  }
  if (p.biases == nullptr || tile > 0 || thread_index() >= kWarp) return;
  double sum = 0;
  for (int64_t at = begin + thread_index(); at < end; at += kWarp) {
    const int64_t source = p.sources[at];
    sum += source < p.labels ? static_cast<double>(p.label_slopes[source]) : p.sampled_biases[source - p.labels];
  }
  sum = sum_of_lanes(sum);
  if (thread_index() == 0) p.biases[group] = static_cast<float>(sum);
}

struct NarrowParams {
  const float* from;
  int64_t count;
  void* to;
};

/// to[i] = from[i], rounded to the type.
template <class X>
ORTNCE_KERNEL(kThreads, 2) narrow_all(ORTNCE_PARAMS NarrowParams p) {
  const int64_t i = block_x() * kThreads + thread_index();
  if (i < p.count) narrow(p.from[i], static_cast<X*>(p.to) + i);
}

}  // namespace ortnce::kernels::cuda
