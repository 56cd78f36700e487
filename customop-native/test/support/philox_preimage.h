// Streams that begin with wanted words: Philox is a bijection of the counter, so it can be inverted.
#pragma once

#include <array>
#include <cstdint>

#include "sampling/philox.h"

namespace ortnce::test {

/// The inverse of an odd number modulo 2^32.
constexpr uint32_t inverse(uint32_t odd) {
  uint32_t x = odd;  // right in the lowest 3 bits; each step doubles them
  for (int i = 0; i < 4; ++i) x *= 2 - odd * x;
  return x;
}

/// The counter whose block under `key` is `words`: the rounds of SAMPLING 1.2 undone, last first.
inline sampling::BlockCounter counter_of_block(uint64_t key, std::array<uint32_t, 4> words) {
  constexpr uint32_t kM0 = 0xD2511F53u, kM2 = 0xCD9E8D57u;
  auto [c0, c1, c2, c3] = words;
  for (uint32_t round = 10; round-- > 0;) {
    const uint32_t k0 = static_cast<uint32_t>(key) + round * 0x9E3779B9u;
    const uint32_t k1 = static_cast<uint32_t>(key >> 32) + round * 0xBB67AE85u;
    const uint32_t before0 = c3 * inverse(kM0), before2 = c1 * inverse(kM2);
    const auto high_p = static_cast<uint32_t>((uint64_t{kM0} * before0) >> 32);
    const auto high_q = static_cast<uint32_t>((uint64_t{kM2} * before2) >> 32);
    const uint32_t before1 = c0 ^ high_q ^ k0, before3 = c2 ^ high_p ^ k1;
    c0 = before0;
    c1 = before1;
    c2 = before2;
    c3 = before3;
  }
  return {c0 | (uint64_t{c1} << 32), c2 | (uint64_t{c3} << 32)};
}

/// A stream whose first two unit doubles are a 2^-52 and b 2^-52, a and b below 2^52.
inline sampling::WordStream stream_of_units(uint64_t a, uint64_t b) {
  constexpr uint64_t kKey = 0x0123456789ABCDEFu;
  const std::array<uint32_t, 4> words = {static_cast<uint32_t>(a >> 32), static_cast<uint32_t>(a),
                                         static_cast<uint32_t>(b >> 32), static_cast<uint32_t>(b)};
  return sampling::WordStream(kKey, counter_of_block(kKey, words));
}

}  // namespace ortnce::test
