// The draws of SAMPLING section 2 one by one, word after word, by definition: linear searches, `%`,
// and stacks; no batches, no vectors, no trees.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sampling/philox.h"

namespace ortnce::test {

/// Draws the next id of a stream.
using Draw = std::function<int64_t(sampling::WordStream&)>;

inline uint64_t next_64(sampling::WordStream& stream) {
  const uint64_t low = stream.next_word();
  return low | static_cast<uint64_t>(stream.next_word()) << 32;
}

/// In [0, n): words below 2^bits mod n are drawn again, none where n is a power of two.
inline uint64_t naive_below(uint64_t n, int bits, const std::function<uint64_t()>& next) {
  const uint64_t largest = bits == 64 ? UINT64_MAX : UINT32_MAX;
  uint64_t word = next();
  if ((n & (n - 1)) == 0) return word & (n - 1);
  while (word < largest % n + 1) word = next();
  return word % n;
}

inline Draw naive_uniform(int64_t range_max) {
  return [=](sampling::WordStream& stream) {
    return static_cast<int64_t>(
        naive_below(static_cast<uint64_t>(range_max), 64, [&stream] { return next_64(stream); }));
  };
}

inline Draw naive_learned(std::vector<int64_t> counts) {
  int64_t total = 0;
  for (const int64_t count : counts) total += count;
  return [=](sampling::WordStream& stream) {
    auto rest =
        static_cast<int64_t>(naive_below(static_cast<uint64_t>(total), 32, [&stream] { return stream.next_word(); }));
    int64_t id = 0;
    while (rest >= counts[static_cast<size_t>(id)]) rest -= counts[static_cast<size_t>(id++)];
    return id;
  };
}

/// Of weights whose sum times their number is exact in float.
inline Draw naive_fixed(const std::vector<float>& weights) {
  const size_t n = weights.size();
  double total = 0;
  for (const float weight : weights) total += static_cast<double>(weight);
  std::vector<double> share;
  for (const float weight : weights) share.push_back(static_cast<double>(weight * static_cast<float>(n)) / total);
  std::vector<size_t> low, high, alias(n);
  for (size_t i = 0; i < n; ++i) (share[i] < 1 ? low : high).push_back(i);
  std::vector<float> keep(n, 1.0f);
  while (!low.empty() && !high.empty()) {
    const size_t l = low.back(), h = high.back();
    low.pop_back();
    high.pop_back();
    keep[l] = static_cast<float>(share[l]);
    alias[l] = h;
    share[h] = share[h] - (1.0 - share[l]);
    (share[h] < 1 ? low : high).push_back(h);
  }
  return [=](sampling::WordStream& stream) {
    const float unit = static_cast<float>(stream.next_word() % (1u << 23)) / static_cast<float>(1u << 23);
    const auto bucket = static_cast<size_t>(naive_below(n, 32, [&stream] { return stream.next_word(); }));
    return static_cast<int64_t>(unit < keep[bucket] ? bucket : alias[bucket]);
  };
}

}  // namespace ortnce::test
