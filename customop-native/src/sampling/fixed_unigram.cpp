#include "sampling/fixed_unigram.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ortnce::sampling {
namespace {

/// Ids below `end` that are `shard` modulo num_shards.
int64_t ids_below(const UnigramShape& shape, int64_t end) {
  return end > shape.shard ? (end - shape.shard - 1) / shape.num_shards + 1 : 0;
}

}  // namespace

int64_t shard_size(const UnigramShape& shape, int64_t count) {
  // TensorFlow numbers the given weights on from the reserved ids of this shard, not of all.
  const int64_t reserved = ids_below(shape, shape.num_reserved_ids);
  int64_t end = 0;
  if (__builtin_add_overflow(reserved, count, &end)) return INT64_MAX;
  return reserved + (ids_below(shape, end) - ids_below(shape, reserved));  // at most end
}

void shard_weights(const UnigramShape& shape, const float* unigrams, int64_t count, float* out) {
  const int64_t reserved = ids_below(shape, shape.num_reserved_ids);
  for (int64_t i = 0; i < reserved; ++i) *out++ = 0;
  for (int64_t i = 0; i < count; ++i) {
    if ((reserved + i) % shape.num_shards == shape.shard) *out++ = std::pow(unigrams[i], shape.distortion);
  }
}

FixedUnigram::FixedUnigram(std::vector<float> weights) : weights_(std::move(weights)), buckets_(weights_.size()) {
  const size_t count = weights_.size();
  for (const float weight : weights_) total_ += static_cast<double>(weight);

  // The order of the two stacks is part of the result: each pops what it pushed last.
  std::vector<double> share(count);
  std::vector<uint32_t> low, high;
  for (size_t i = 0; i < count; ++i) {
    const float product = weights_[i] * static_cast<float>(count);
    const bool fits = std::isfinite(product);
    share[i] =
        (fits ? static_cast<double>(product) : static_cast<double>(weights_[i]) * static_cast<double>(count)) / total_;
    (share[i] < 1.0 ? low : high).push_back(static_cast<uint32_t>(i));
  }
  for (size_t i = 0; i < count; ++i) buckets_[i] = {1.0f, static_cast<uint32_t>(i)};
  while (!low.empty() && !high.empty()) {
    const uint32_t l = low.back(), h = high.back();
    low.pop_back();
    high.pop_back();
    buckets_[l] = {static_cast<float>(share[l]), h};
    share[h] -= 1.0 - share[l];
    (share[h] < 1.0 ? low : high).push_back(h);
  }
}

void FixedUnigram::draw(WordStream& stream, int64_t count, int64_t* ids) const {
  // Buckets are fetched for a batch of draws at once, so that their cache misses overlap.
  constexpr int64_t kBatch = 256;
  const Below32 below(static_cast<uint32_t>(buckets_.size()));
  uint32_t words[2 * kBatch], chosen[kBatch];
  float units[kBatch];
  while (count > 0) {
    const int64_t batch = std::min(kBatch, count);
    stream.next_words(words, 2 * batch);  // at least these; rejections take more
    int64_t at = 0;
    const auto next_word = [&] { return at < 2 * batch ? words[at++] : stream.next_word(); };
    for (int64_t i = 0; i < batch; ++i) {
      units[i] = unit_float(next_word());
      uint32_t word = next_word();
      while (below.rejects(word)) word = next_word();
      chosen[i] = below.remainder(word);
      __builtin_prefetch(&buckets_[chosen[i]]);
    }
    for (int64_t i = 0; i < batch; ++i) {
      const Bucket bucket = buckets_[chosen[i]];
      ids[i] = units[i] < bucket.keep ? chosen[i] : bucket.alias;
    }
    ids += batch;
    count -= batch;
  }
}

void FixedUnigram::probabilities(const int64_t* ids, int64_t count, float* out) const {
  constexpr int64_t kAhead = 32;  // loads in flight: some 40% less time than without where caches are cold
  const auto size = static_cast<uint64_t>(weights_.size());
  for (int64_t i = 0; i < count; ++i) {
    const auto ahead = static_cast<uint64_t>(ids[std::min(i + kAhead, count - 1)]);
    if (ahead < size) __builtin_prefetch(&weights_[ahead]);
    const auto id = static_cast<uint64_t>(ids[i]);
    out[i] = id < size ? static_cast<float>(static_cast<double>(weights_[id]) / total_) : 0.0f;
  }
}

double FixedUnigram::expected_distinct(double tries) const {
  double distinct = 0;
  for (const float weight : weights_) {
    const double p = static_cast<double>(weight) / total_;
    distinct += p < 1 ? -std::expm1(tries * std::log1p(-p)) : 1;
  }
  return distinct;
}

int64_t FixedUnigram::drawable() const {
  int64_t count = 0;
  for (const float weight : weights_) count += weight > 0;
  return count;
}

}  // namespace ortnce::sampling
