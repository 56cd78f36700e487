#include "kernels/conversion.h"

#include <algorithm>

#include "kernels/cpu/dispatch.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {
namespace {

/// Calls convert(begin, count) for ranges of [0, count).
template <class Convert>
void for_each_range(int64_t count, Executor& executor, Convert convert) {
  constexpr auto kRange = static_cast<int64_t>(kParallelFloats);
  parallel_for(executor, ceil_div(count, kRange), [&](int64_t task) {
    convert(task * kRange, std::min(kRange, count - task * kRange));
  });
}

}  // namespace

void widen(ElementType type, const void* from, int64_t count, float* to) {
  const cpu::ConversionKernels& kernels = cpu::active_conversion_kernels();
  switch (type) {
    case ElementType::kFloat: std::copy_n(static_cast<const float*>(from), count, to); break;
    case ElementType::kFloat16: kernels.widen_float16(static_cast<const Float16*>(from), count, to); break;
    case ElementType::kBfloat16: kernels.widen_bfloat16(static_cast<const Bfloat16*>(from), count, to); break;
  }
}

void widen(ElementType type, const void* from, int64_t count, float* to, Executor& executor) {
  for_each_range(count, executor, [&](int64_t begin, int64_t length) {
    widen(type, static_cast<const char*>(from) + begin * element_bytes(type), length, to + begin);
  });
}

void narrow(const float* from, int64_t count, ElementType type, void* to) {
  const cpu::ConversionKernels& kernels = cpu::active_conversion_kernels();
  switch (type) {
    case ElementType::kFloat: std::copy_n(from, count, static_cast<float*>(to)); break;
    case ElementType::kFloat16: kernels.narrow_float16(from, count, static_cast<Float16*>(to)); break;
    case ElementType::kBfloat16: kernels.narrow_bfloat16(from, count, static_cast<Bfloat16*>(to)); break;
  }
}

void narrow(const float* from, int64_t count, ElementType type, void* to, Executor& executor) {
  for_each_range(count, executor, [&](int64_t begin, int64_t length) {
    narrow(from + begin, length, type, static_cast<char*>(to) + begin * element_bytes(type));
  });
}

}  // namespace ortnce::kernels
