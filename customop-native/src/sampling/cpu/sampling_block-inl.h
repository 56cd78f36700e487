// Sampling in vectors of doubles and words: included by each level's translation unit, which
// defines ORTNCE_DOUBLES (doubles in a register) and ORTNCE_SAMPLING (variable). As in
// kernels/cpu/vector-inl.h everything has internal linkage and uses no inline function of other
// headers but intrinsics.
#include <immintrin.h>

#include <cstdint>

#include "sampling/cpu/sampling_kernels.h"

namespace ortnce::sampling {
int64_t log_uniform_id(double unit, double log_range, int64_t range_max);
}

namespace ortnce::sampling::cpu {
namespace {

constexpr int kLanes = ORTNCE_DOUBLES;

using Doubles = double __attribute__((vector_size(8 * ORTNCE_DOUBLES)));
using Longs = int64_t __attribute__((vector_size(8 * ORTNCE_DOUBLES)));
using Words = uint64_t __attribute__((vector_size(8 * ORTNCE_DOUBLES)));
using Singles = float __attribute__((vector_size(4 * ORTNCE_DOUBLES)));
// The same at any address.
using LooseLongs = int64_t __attribute__((vector_size(8 * ORTNCE_DOUBLES), aligned(4), may_alias));
using LooseSingles = float __attribute__((vector_size(4 * ORTNCE_DOUBLES), aligned(4), may_alias));

inline Doubles broadcast(double x) { return x - Doubles{}; }

/// Product of the low halves of each lane.
inline Words multiply_low(Words a, Words b) {
#if ORTNCE_DOUBLES == 8
  // The unmasked intrinsic starts from an undefined register, which GCC 12 warns of.
  return (Words)_mm512_maskz_mul_epu32(0xFF, (__m512i)a, (__m512i)b);
#else
  return (Words)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#endif
}

/// exp(r) - 1 - r for |r| <= log(2)/2: the Taylor series to r^13, whose remainder is below 2^-60.
inline Doubles expm1_tail(Doubles r) {
  Doubles q = broadcast(1.0 / 6227020800.0);
  q = q * r + 1.0 / 479001600.0;
  q = q * r + 1.0 / 39916800.0;
  q = q * r + 1.0 / 3628800.0;
  q = q * r + 1.0 / 362880.0;
  q = q * r + 1.0 / 40320.0;
  q = q * r + 1.0 / 5040.0;
  q = q * r + 1.0 / 720.0;
  q = q * r + 1.0 / 120.0;
  q = q * r + 1.0 / 24.0;
  q = q * r + 1.0 / 6.0;
  q = q * r + 0.5;
  return q * r * r;
}

/// x = n log(2) + r with |r| <= log(2)/2. Returns 2^n; |n| < 1000.
inline Doubles reduce(Doubles x, Doubles* r) {
  constexpr double kRound = 0x1.8p52;  // adding it leaves the nearest integer in the low bits
  const Doubles shifted = x * 0x1.71547652b82fep0 + kRound;
  const Doubles n = shifted - kRound;
  const Doubles high = x - n * 0x1.62e42feep-1;
  *r = high - n * 0x1.a39ef35793c76p-33;
  return (Doubles)(((Longs)shifted - (Longs)broadcast(kRound) + 1023) << 52);
}

/// log(1 + x) = 2 atanh(s), s = x / (2 + x), by its series to s^27: for |s| <= 1/3 the rest is below
/// 2^-48 of the result.
inline Doubles log1p_series(Doubles x) {
  const Doubles s = x / (2.0 + x), z = s * s;
  Doubles q = broadcast(1.0 / 27.0);
  q = q * z + 1.0 / 25.0;
  q = q * z + 1.0 / 23.0;
  q = q * z + 1.0 / 21.0;
  q = q * z + 1.0 / 19.0;
  q = q * z + 1.0 / 17.0;
  q = q * z + 1.0 / 15.0;
  q = q * z + 1.0 / 13.0;
  q = q * z + 1.0 / 11.0;
  q = q * z + 1.0 / 9.0;
  q = q * z + 1.0 / 7.0;
  q = q * z + 1.0 / 5.0;
  q = q * z + 1.0 / 3.0;
  return 2.0 * (s + s * z * q);
}

/// A number in [0, 1) of two words: the first gives the high 20 bits.
inline Doubles unit_doubles(Words first, Words second) {
  const Words bits = (first & 0xFFFFF) << 32 | second;
  return (Doubles)(bits | 0x3FF0000000000000) - 1.0;
}

inline bool any(Longs mask) {
  int64_t all = 0;
  for (int i = 0; i < kLanes; ++i) all |= mask[i];
  return all != 0;
}

/// log_uniform_id of each lane. The power is within 1 ulp of the true one, as libm's is, so both
/// have the same integer part unless one lies within a few ulps of it: then libm decides.
inline Longs ids_of(Doubles unit, double log_range, int64_t range_max) {
  Doubles r;
  const Doubles scale = reduce(unit * log_range, &r);
  const Doubles power = (1.0 + (r + expm1_tail(r))) * scale;
  const Longs whole = __builtin_convertvector(power, Longs);
  const Doubles above = power - __builtin_convertvector(whole, Doubles);
  const Doubles margin = power * 0x1p-50;
  Longs id = whole - 1;
  id = id >= range_max ? id - range_max : id;
  if (any((above < margin) | (1.0 - above < margin))) {
    for (int i = 0; i < kLanes; ++i) {
      if (above[i] < margin[i] || 1.0 - above[i] < margin[i]) id[i] = log_uniform_id(unit[i], log_range, range_max);
    }
  }
  return id;
}

/// The words of kLanes blocks: lane i holds those of block `counter` + i, word by word.
struct Blocks {
  Words c0, c1, c2, c3;
};

inline Blocks philox_blocks(uint64_t key, uint64_t counter_low, uint64_t counter_high) {
  constexpr uint64_t kWord = 0xFFFFFFFF;
  Words low{};
  for (int i = 0; i < kLanes; ++i) low[i] = counter_low + static_cast<uint64_t>(i);
  Words c0 = low & kWord, c1 = low >> 32;
  Words c2 = (counter_high & kWord) + Words{}, c3 = (counter_high >> 32) + Words{};
  uint64_t k0 = key & kWord, k1 = key >> 32;
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
    const Words p = multiply_low(0xD2511F53 + Words{}, c0), q = multiply_low(0xCD9E8D57 + Words{}, c2);
    c0 = (q >> 32) ^ c1 ^ k0;
    c1 = q & kWord;
    c2 = (p >> 32) ^ c3 ^ k1;
    c3 = p & kWord;
    k0 = (k0 + 0x9E3779B9) & kWord;
    k1 = (k1 + 0xBB67AE85) & kWord;
  }
  return {c0, c1, c2, c3};
}

/// Stores even[0], odd[0], even[1], odd[1] and so on.
template <class Numbers>
inline void store_in_turns(Numbers even, Numbers odd, void* out) {
#if ORTNCE_DOUBLES == 8
  const Numbers first = __builtin_shuffle(even, odd, Longs{0, 8, 1, 9, 2, 10, 3, 11});
  const Numbers second = __builtin_shuffle(even, odd, Longs{4, 12, 5, 13, 6, 14, 7, 15});
#else
  const Numbers first = __builtin_shuffle(even, odd, Longs{0, 4, 1, 5});
  const Numbers second = __builtin_shuffle(even, odd, Longs{2, 6, 3, 7});
#endif
  auto* const loose = static_cast<LooseLongs*>(out);
  loose[0] = (Longs)first;
  loose[1] = (Longs)second;
}

int64_t philox_words(uint64_t key, uint64_t counter_low, uint64_t counter_high, int64_t blocks, uint32_t* words) {
  int64_t block = 0;
  for (; block + kLanes <= blocks; block += kLanes) {
    const Blocks b = philox_blocks(key, counter_low + static_cast<uint64_t>(block), counter_high);
    store_in_turns(b.c0 | b.c1 << 32, b.c2 | b.c3 << 32, words + 4 * block);
  }
  return block;
}

int64_t draw_log_uniform(uint64_t key, uint64_t counter_low, uint64_t counter_high, int64_t blocks, double log_range,
                         int64_t range_max, int64_t* ids) {
  int64_t block = 0;
  for (; block + kLanes <= blocks; block += kLanes) {
    const Blocks b = philox_blocks(key, counter_low + static_cast<uint64_t>(block), counter_high);
    const Longs even = ids_of(unit_doubles(b.c0, b.c1), log_range, range_max);
    const Longs odd = ids_of(unit_doubles(b.c2, b.c3), log_range, range_max);
    store_in_turns(even, odd, ids + 2 * block);
  }
  return block;
}

int64_t log_uniform_probabilities(const int64_t* ids, int64_t count, double log_range, float* out) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Longs id = *reinterpret_cast<const LooseLongs*>(ids + i);
    const Doubles step = 1.0 / (__builtin_convertvector(id, Doubles) + 1.0);
    *reinterpret_cast<LooseSingles*>(out + i) = __builtin_convertvector(log1p_series(step) / log_range, Singles);
  }
  return i;
}

int64_t unique_expected_counts(const float* p, int64_t count, int64_t tries, float* out) {
  const auto n = static_cast<double>(tries);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Singles single = *reinterpret_cast<const LooseSingles*>(p + i);
    const Doubles probability = __builtin_convertvector(single, Doubles);
    // s = -p / (2 - p) is within the series' 1/3 for p <= 1/2; the few likelier ids go to libm.
    if (any(probability > 0.5)) break;
    Doubles exponent = n * log1p_series(-probability);
    exponent = exponent < -50.0 ? broadcast(-50.0) : exponent;  // there 1 - exp is 1
    Doubles r;
    const Doubles scale = reduce(exponent, &r);
    const Doubles result = (1.0 - scale) - scale * (r + expm1_tail(r));
    *reinterpret_cast<LooseSingles*>(out + i) = __builtin_convertvector(result, Singles);
  }
  return i;
}

}  // namespace

const SamplingKernels ORTNCE_SAMPLING = {&philox_words, &draw_log_uniform, &log_uniform_probabilities,
                                         &unique_expected_counts};

}  // namespace ortnce::sampling::cpu
