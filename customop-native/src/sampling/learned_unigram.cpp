#include "sampling/learned_unigram.h"

#include <algorithm>
#include <cmath>

namespace ortnce::sampling {

LearnedUnigram::LearnedUnigram(int64_t range_max)
    : counts_(static_cast<size_t>(range_max), 1), tree_(static_cast<size_t>(range_max) + 1), top_(1) {
  while (top_ <= range_max / 2) top_ *= 2;
  rebuild();
}

void LearnedUnigram::restore(const int64_t* counts) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] = static_cast<int32_t>(counts[i]);
  rebuild();
}

void LearnedUnigram::rebuild() {
  total_ = 0;
  for (size_t i = 1; i < tree_.size(); ++i) {
    tree_[i] = counts_[i - 1];
    total_ += counts_[i - 1];
  }
  for (size_t i = 1; i < tree_.size(); ++i) {
    const size_t parent = i + (i & (~i + 1));
    if (parent < tree_.size()) tree_[parent] += tree_[i];
  }
}

void LearnedUnigram::draw(WordStream& stream, int64_t count, int64_t* ids) const {
  // The trees of many draws are descended level by level, so that their cache misses overlap.
  constexpr int64_t kBatch = 256;
  const Below32 below(static_cast<uint32_t>(total_));
  const auto size = static_cast<uint32_t>(range_max());
  uint32_t words[kBatch], rest[kBatch], found[kBatch];
  while (count > 0) {
    const int64_t batch = std::min(kBatch, count);
    stream.next_words(words, batch);
    int64_t kept = 0;
    for (int64_t i = 0; i < batch; ++i) {
      rest[kept] = below.remainder(words[i]);
      kept += below.rejects(words[i]) ? 0 : 1;
    }
    // The smallest id whose counts, summed up to and with it, exceed the draw.
    std::fill(found, found + kept, 0);
    for (auto step = static_cast<uint32_t>(top_); step > 0; step /= 2) {
      for (int64_t i = 0; i < kept; ++i) {
        const uint32_t next = found[i] + step;
        const auto sum = static_cast<uint32_t>(tree_[std::min(next, size)]);
        const bool beyond = next <= size && sum <= rest[i];
        found[i] = beyond ? next : found[i];
        rest[i] -= beyond ? sum : 0;
      }
    }
    ids = std::copy(found, found + kept, ids);
    count -= kept;
  }
}

void LearnedUnigram::probabilities(const int64_t* ids, int64_t count, float* out) const {
  for (int64_t i = 0; i < count; ++i) {
    const bool inside = ids[i] >= 0 && ids[i] < range_max();
    const float weight = inside ? static_cast<float>(counts_[static_cast<size_t>(ids[i])]) : 0.0f;
    out[i] = weight / static_cast<float>(total_);
  }
}

double LearnedUnigram::expected_distinct(double tries) const {
  double distinct = 0;
  for (const int32_t count : counts_) {
    const double p = static_cast<double>(count) / static_cast<double>(total_);
    distinct += p < 1 ? -std::expm1(tries * std::log1p(-p)) : 1;
  }
  return distinct;
}

void LearnedUnigram::learn(const int64_t* labels, int64_t count) {
  for (int64_t i = 0; i < count && total_ < kMaxTotal; ++i) {
    ++total_;
    ++counts_[static_cast<size_t>(labels[i])];
    for (size_t node = static_cast<size_t>(labels[i]) + 1; node < tree_.size(); node += node & (~node + 1)) {
      ++tree_[node];
    }
  }
}

}  // namespace ortnce::sampling
