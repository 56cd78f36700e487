// Distributions asked for one id at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "sampling/candidates.h"
#include "sampling/distribution.h"
#include "sampling/run_streams.h"

namespace ortnce::sampling {

inline int64_t draw_one(const Distribution& distribution, WordStream& stream) {
  int64_t id = 0;
  distribution.draw(stream, 1, &id);
  return id;
}

inline float probability_of(const Distribution& distribution, int64_t id) {
  float p = 0;
  distribution.probabilities(&id, 1, &p);
  return p;
}

/// A distribution whose only known property is the probability of any id.
class AnyId final : public Distribution {
 public:
  explicit AnyId(float probability) : probability_(probability) {}

  int64_t range_max() const override { return INT64_MAX; }
  void draw(WordStream&, int64_t, int64_t*) const override {}
  void probabilities(const int64_t*, int64_t count, float* out) const override {
    for (int64_t i = 0; i < count; ++i) out[i] = probability_;
  }
  double expected_distinct(double tries) const override { return tries; }

 private:
  float probability_;
};

/// The expected count through the vector code: eight copies of the id fill a vector of any level.
inline float expected_count(float probability, int64_t num_sampled, int64_t tries) {
  const int64_t ids[8] = {};
  float counts[8];
  expected_counts(AnyId(probability), ids, 8, num_sampled, tries, counts);
  return counts[0];
}

/// Draws distinct ids; returns the number of tries.
inline int64_t draw_unique(const Distribution& distribution, const WordStream& stream, int64_t num_sampled,
                           int64_t* ids) {
  std::vector<uint64_t> workspace(draw_workspace(distribution.range_max(), num_sampled, true) / 8 + 1);
  return draw_candidates(distribution, stream, num_sampled, true, workspace.data(), ids);
}

}  // namespace ortnce::sampling
