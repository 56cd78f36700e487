#include "sampling/learned_unigram.h"

#include <algorithm>
#include <cmath>

namespace ortnce::sampling {

LearnedUnigram::LearnedUnigram(int64_t range_max)
    : counts_(static_cast<size_t>(range_max), 1), sums_(counts_), total_(range_max) {}

void LearnedUnigram::restore(const int64_t* counts) {
  total_ = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    counts_[i] = static_cast<int32_t>(counts[i]);
    total_ += counts[i];
  }
  sums_ = RunningSums(counts_);
}

void LearnedUnigram::draw(WordStream& stream, int64_t count, int64_t* ids) const {
  constexpr int64_t kBatch = 256;
  const Below32 below(static_cast<uint32_t>(total_));
  uint32_t words[kBatch], found[kBatch];
  int32_t numbers[kBatch];
  while (count > 0) {
    const int64_t batch = std::min(kBatch, count);
    stream.next_words(words, batch);
    int64_t kept = 0;
    for (int64_t i = 0; i < batch; ++i) {
      numbers[kept] = static_cast<int32_t>(below.remainder(words[i]));
      kept += below.rejects(words[i]) ? 0 : 1;
    }
    sums_.find(numbers, kept, found);
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
    sums_.add_one(static_cast<size_t>(labels[i]));
  }
}

}  // namespace ortnce::sampling
