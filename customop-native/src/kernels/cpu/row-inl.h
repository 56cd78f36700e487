// Rows of embeddings of any element type.
#pragma once

#include "kernels/cpu/half-inl.h"

namespace {

using ortnce::kernels::ElementType;

/// Elements [begin, end) of a row as floats: where they lie, or widened to `buffer`.
inline const float* elements(const float* row, int64_t begin, int64_t, float*) { return row + begin; }

template <class Half>
const float* elements(const Half* row, int64_t begin, int64_t end, float* buffer) {
  widen(row + begin, end - begin, buffer);
  return buffer;
}

/// visit(row), `row` a pointer to elements of its type.
template <class Visit>
[[gnu::always_inline]] inline auto with_elements(ElementType type, const void* row, Visit visit) {
  switch (type) {
    case ElementType::kFloat16: return visit(static_cast<const Float16*>(row));
    case ElementType::kBfloat16: return visit(static_cast<const Bfloat16*>(row));
    case ElementType::kFloat: break;
  }
  return visit(static_cast<const float*>(row));
}

/// Lanes whose sum is x[0] . y[0] + ...: four interleaved accumulators, so that neither the latency of
/// the additions nor a long chain of roundings counts. Meanwhile fetches `ahead`, another row like y.
template <class Element>
Floats dot_lanes(const float* x, const Element* y, int64_t count, const Element* ahead) {
  constexpr int64_t kLine = 64 / sizeof(Element);
  for (int64_t i = 0; i < count; i += kLine) __builtin_prefetch(ahead + i);
  Floats sum[4] = {};
  int64_t i = 0;
  for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
    for (int u = 0; u < 4; ++u) sum[u] += load(x + i + u * kLanes) * load(y + i + u * kLanes);
  }
  for (int u = 0; u < 4 && i + kLanes <= count; ++u, i += kLanes) sum[u] += load(x + i) * load(y + i);
  Floats all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  if (i < count) {
    float lanes[kLanes], buffer[kLanes];
    const float* const rest = elements(y, i, count, buffer);
    store(lanes, all);
    for (int lane = 0; i < count; ++i, ++lane) lanes[lane] += x[i] * rest[lane];
    all = load(lanes);
  }
  return all;
}

/// y = a x.
inline void set_scaled_row(float a, const float* x, int64_t count, float* y) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(y + i, a * load(x + i));
  for (; i < count; ++i) y[i] = a * x[i];
}

/// y += a x.
template <class Element>
void add_scaled_row(float a, const Element* x, int64_t count, float* y) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(y + i, load(y + i) + a * load(x + i));
  float buffer[kLanes];
  const float* const rest = i < count ? elements(x, i, count, buffer) : nullptr;
  for (int lane = 0; i < count; ++i, ++lane) y[i] += a * rest[lane];
}

}  // namespace
