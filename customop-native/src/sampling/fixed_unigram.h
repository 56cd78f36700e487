// The given distribution of tf.random.fixed_unigram_candidate_sampler.
#pragma once

#include <cstdint>
#include <vector>

#include "sampling/distribution.h"

namespace ortnce::sampling {

/// How given weights become the weights of one shard's ids.
struct UnigramShape {
  float distortion = 1;          // weights are raised to this power
  int64_t num_reserved_ids = 0;  // ids of weight 0 in front of the given ones
  int64_t num_shards = 1;        // this shard holds the ids that are `shard` modulo num_shards
  int64_t shard = 0;
};

/// How many ids a shard holds of `count` given weights; 0 <= shard < num_shards.
int64_t shard_size(const UnigramShape& shape, int64_t count);

/// The weights of a shard's ids: zeros for its reserved ids, then its given weights raised to the
/// distortion. Positions of `out`, [shard_size], are the shard's ids.
void shard_weights(const UnigramShape& shape, const float* unigrams, int64_t count, float* out);

/// P(v) = weights[v] / sum of weights. Drawn by Walker's alias method, with the table that
/// TensorFlow builds.
class FixedUnigram final : public Distribution {
 public:
  /// Weights finite, not negative, with a positive sum; at least one, fewer than 2^32.
  explicit FixedUnigram(std::vector<float> weights);

  int64_t range_max() const override { return static_cast<int64_t>(weights_.size()); }
  void draw(WordStream& stream, int64_t count, int64_t* ids) const override;
  void probabilities(const int64_t* ids, int64_t count, float* out) const override;
  double expected_distinct(double tries) const override;

  /// The number of ids that can be drawn.
  int64_t drawable() const;

 private:
  struct Bucket {
    float keep;      // draws below it give the bucket's own id
    uint32_t alias;  // the others give this one
  };

  std::vector<float> weights_;
  double total_ = 0;
  std::vector<Bucket> buckets_;
};

}  // namespace ortnce::sampling
