#include "sampling/uniform.h"

#include <algorithm>
#include <cmath>

namespace ortnce::sampling {

void Uniform::draw(WordStream& stream, int64_t count, int64_t* ids) const {
  constexpr int64_t kBatch = 256;
  uint32_t words[2 * kBatch];
  for (int64_t drawn = 0; drawn < count;) {
    const int64_t batch = std::min(kBatch, count - drawn);
    stream.next_words(words, 2 * batch);
    for (int64_t i = 0; i < batch; ++i) {
      const uint64_t word = words[2 * i] | static_cast<uint64_t>(words[2 * i + 1]) << 32;  // low half first
      ids[drawn] = static_cast<int64_t>(below_.remainder(word));
      drawn += below_.rejects(word) ? 0 : 1;
    }
  }
}

void Uniform::probabilities(const int64_t*, int64_t count, float* out) const {
  std::fill(out, out + count, static_cast<float>(1.0 / static_cast<double>(range_max_)));
}

double Uniform::expected_distinct(double tries) const {
  const auto range = static_cast<double>(range_max_);
  return range_max_ == 1 ? 1 : -range * std::expm1(tries * std::log1p(-1 / range));
}

}  // namespace ortnce::sampling
