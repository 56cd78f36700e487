// Logits of examples with subnormal numbers: a product with one takes Intel's processors as long as a hundred others.
// They are taken for 0 in a first pass, which adds up the rest, and scaled up in a second.
#pragma once

#include "kernels/cpu/logits_tile-inl.h"

namespace {

/// Magnitudes from 1 up to this are the bits of subnormal numbers.
constexpr uint32_t kSubnormalBits = 0x7fffff;

/// Whether x[0 .. count) holds a subnormal number whose products take time.
bool has_subnormal([[maybe_unused]] const float* x, [[maybe_unused]] int64_t count) {
#if defined(__x86_64__) && !defined(ORTNCE_BFLOAT16_PAIRS)
  Ints found{};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) found |= (((Words)load(x + i) & 0x7fffffff) - 1) < kSubnormalBits;
  bool any = false;
  for (int lane = 0; lane < kLanes; ++lane) any |= found[lane] != 0;
  for (; i < count; ++i) {
    uint32_t bits;
    __builtin_memcpy(&bits, x + i, sizeof(bits));
    any |= (bits & 0x7fffffff) - 1 < kSubnormalBits;
  }
  return any;
#else
  return false;
#endif
}

#ifdef __x86_64__
/// From here on this thread takes subnormal operands and results for 0. Returns the mode to go back to; without a
/// destructor, which would give the unit a symbol that it shares with others.
inline unsigned take_subnormals_for_zero() {
  constexpr unsigned kOperands = 1 << 6, kResults = 1 << 15;
  const unsigned mode = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(mode | kOperands | kResults);
  return mode;
}

constexpr float kScale = 0x1p100f;

/// 2^100 x where x is subnormal, else 0; from the bits, which no processor is slow with.
inline Floats scaled_subnormals(Floats x) {
  const Words bits = (Words)x, magnitude = bits & 0x7fffffff;
  const Floats scaled = __builtin_convertvector((Ints)(magnitude & kSubnormalBits), Floats) * (0x1p-149f * kScale);
  return magnitude > kSubnormalBits ? Floats{} : (Floats)((Words)scaled | (bits & 0x80000000));
}

/// The same of x[0 .. count).
void scale_subnormals(const float* x, int64_t count, float* out) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(out + i, scaled_subnormals(load(x + i)));
  if (i == count) return;
  float rest[kLanes] = {};
  __builtin_memcpy(rest, x + i, static_cast<uint64_t>(count - i) * sizeof(float));
  const Floats scaled = scaled_subnormals(load(rest));
  __builtin_memcpy(out + i, &scaled, static_cast<uint64_t>(count - i) * sizeof(float));
}

/// What `tile` writes for `rows` rows of which one holds a subnormal number.
void logits_of_subnormals(LogitsTile tile, int64_t rows, const float* x, const float* panel, int64_t dim,
                          const float* offsets, float* logits) {
  constexpr int64_t kPart = 128;
  alignas(64) float part[kRows * kPart], sums[kRows * kWidth];
  alignas(64) const float none[kWidth] = {};
  const unsigned mode = take_subnormals_for_zero();
  tile(x, dim, panel, dim, offsets, logits, nullptr);
  __builtin_ia32_ldmxcsr(mode);
  for (int64_t begin = 0; begin < dim; begin += kPart) {
    const int64_t length = dim - begin < kPart ? dim - begin : kPart;
    for (int64_t m = 0; m < rows; ++m) scale_subnormals(x + m * dim + begin, length, part + m * kPart);
    tile(part, kPart, panel + begin * kWidth, length, none, sums, nullptr);
    // What is flushed here changes no loss: it is less than 2^-126.
    take_subnormals_for_zero();
    for (int64_t at = 0; at < rows * kWidth; at += kLanes) {
      store(logits + at, load(logits + at) + load(sums + at) * (1 / kScale));
    }
    __builtin_ia32_ldmxcsr(mode);
  }
  bool is_number = true;
  for (int64_t at = 0; at < rows * kWidth; ++at) is_number &= logits[at] == logits[at];
  // 0 times infinity, for one: the plain way gives what it is.
  if (!is_number) tile(x, dim, panel, dim, offsets, logits, nullptr);
}
#else
void logits_of_subnormals(LogitsTile, int64_t, const float*, const float*, int64_t, const float*, float*) {}
#endif

}  // namespace
