// The terms of a loss in double, and how far the kernels' logits may be off.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "kernels/cpu/dispatch.h"
#include "kernels/nce_forward.h"

namespace ortnce::test {

inline double softplus(double x) { return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

inline double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// A logit in double and the sum of the magnitudes in it.
struct Logit {
  double value = 0;
  double magnitude = 0;

  Logit(const float* x, const void* embedding, int64_t dim, float offset)
      : value(offset), magnitude(std::fabs(offset)) {
    const auto* const row = static_cast<const float*>(embedding);
    for (int64_t d = 0; d < dim; ++d) {
      const double product = static_cast<double>(x[d]) * static_cast<double>(row[d]);
      value += product;
      magnitude += std::fabs(product);
    }
  }
};

/// The roundings on the way of a product into a logit of the level in use. Sampled: a chain of up to
/// 256 products (the product itself is rounded where the processor cannot fuse it), then one addition
/// a chain. True: four interleaved accumulators of W lanes, W from the level; their products, the
/// tree of four, the tail and the tree of W.
struct LogitRoundings {
  double sampled, labels;

  LogitRoundings(double of_sampled, double of_labels) : sampled(of_sampled), labels(of_labels) {}

  explicit LogitRoundings(int64_t dim) {
    const int64_t lanes = kernels::cpu::active_kernels().lanes;
    const auto ceil_div = [](int64_t a, int64_t b) { return static_cast<double>((a + b - 1) / b); };
    sampled = static_cast<double>(std::min<int64_t>(dim, 256)) + ceil_div(dim, 256);
    labels = ceil_div(dim, 4 * lanes) + 4 + std::log2(static_cast<double>(lanes));
  }
};

/// Whether candidate `position` is a label of the example.
inline bool is_hit(const kernels::NceProblem& p, int64_t example, int64_t position) {
  for (int64_t at = example * p.num_true; at < (example + 1) * p.num_true; ++at) {
    const auto* const entry = p.true_rows[at] == nullptr ? nullptr : p.hits->find(p.labels[at], position);
    if (entry != nullptr && entry->position == position) return true;
  }
  return false;
}

}  // namespace ortnce::test
