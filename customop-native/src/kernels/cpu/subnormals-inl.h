// Logits of examples with subnormal numbers, a product with which takes Intel's processors as long as a hundred others.
// The rest of the examples is multiplied as always, and the subnormal numbers, scaled up, in a second pass.
#pragma once

#include "kernels/cpu/logits_tile-inl.h"

namespace {

/// Magnitudes from 1 up to this are the bits of subnormal numbers. All are compared as signed numbers, which every
/// level does in one instruction.
constexpr int32_t kSubnormalBits = 0x7fffff;

inline Ints magnitudes(Floats x) { return (Ints)x & 0x7fffffff; }

constexpr float kScale = 0x1p100f;

/// The first kLanes of x[0 .. count), or all that there are and zeros.
inline Floats load_first(const float* x, int64_t count) {
  if (count >= kLanes) return load(x);
  Floats part{};
  for (int lane = 0; lane < count; ++lane) part[lane] = x[lane];
  return part;
}

inline bool any_of(Ints lanes) {
  uint64_t words[kLanes / 2], all = 0;
  __builtin_memcpy(words, &lanes, sizeof(lanes));
  for (const uint64_t word : words) all |= word;
  return all != 0;
}

/// Whether x[0 .. count) holds a subnormal number. Instructions of pairs lose no time on one.
bool has_subnormal([[maybe_unused]] const float* x, [[maybe_unused]] int64_t count) {
#ifdef ORTNCE_BFLOAT16_PAIRS
  return false;
#else
  Ints found{};
  const auto look = [&](Floats part) {
    const Ints bits = magnitudes(part);
    found |= (bits != 0) & (bits <= kSubnormalBits);
  };
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) look(load(x + i));
  if (i < count) look(load_first(x + i, count - i));
  return any_of(found);
#endif
}

/// 2^100 x where x is subnormal, else 0; from the bits, which no processor is slow with.
inline Floats scaled_subnormals(Floats x) {
  const Ints bits = magnitudes(x), sign = (Ints)x ^ bits;
  const Floats scaled = __builtin_convertvector(bits & kSubnormalBits, Floats) * (0x1p-149f * kScale);
  return bits > kSubnormalBits ? Floats{} : (Floats)((Ints)scaled | sign);
}

/// A chain of products of some rows, split: all but the subnormal numbers, and those scaled up.
struct SplitRows {
  float rest[kRows * kChain];
  float scaled[kRows * kChain];
  int64_t begin = -1;  // of the chain that is here
  int64_t length = 0;

  void split(const float* x, int64_t rows, int64_t dim, int64_t from) {
    if (begin == from) return;
    begin = from;
    length = dim - from < kChain ? dim - from : kChain;
    for (int64_t m = 0; m < rows; ++m) {
      for (int64_t d = 0; d < length; d += kLanes) {
        const Floats part = load_first(x + m * dim + from + d, length - d);
        store(rest + m * kChain + d, magnitudes(part) > kSubnormalBits ? part : Floats{});
        store(scaled + m * kChain + d, scaled_subnormals(part));
      }
    }
  }
};

/// What `tile` writes for `rows` rows of which one holds a subnormal number: the same bits for those that hold none.
/// `split` serves for all panels of these rows.
void logits_of_subnormals(LogitsTile tile, int64_t rows, const float* x, const float* panel, int64_t dim,
                          const float* offsets, SplitRows* split, float* logits) {
  alignas(64) float sums[kRows * kWidth], scaled_sums[kRows * kWidth];
  alignas(64) const float none[kWidth] = {};
  const Ints least = (Ints)broadcast(0x1p-126f * kScale);
  Ints not_numbers{};
  for (int64_t begin = 0; begin < dim; begin += kChain) {
    split->split(x, rows, dim, begin);
    const bool last = begin + split->length == dim;
    tile(split->rest, kChain, panel + begin * kWidth, split->length, none, sums, nullptr);
    tile(split->scaled, kChain, panel + begin * kWidth, split->length, none, scaled_sums, nullptr);
    for (int64_t at = 0; at < rows * kWidth; at += kLanes) {
      const Floats scaled = load(scaled_sums + at);
      // A share below 2^-126 changes no loss, and is subnormal itself: it must not come out of a product either.
      const Floats share = (magnitudes(scaled) < least ? Floats{} : scaled) * (1 / kScale);
      Floats total = load(sums + at);
      if (begin > 0) total = load(logits + at) + total;
      total += share;
      if (last) total += load(offsets + at % kWidth);
      not_numbers |= total != total;
      store(logits + at, total);
    }
  }
  // 0 times infinity, for one: the plain way gives what it is.
  if (any_of(not_numbers)) tile(x, dim, panel, dim, offsets, logits, nullptr);
}

}  // namespace
