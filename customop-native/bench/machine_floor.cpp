#include "machine_floor.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "platform/instruction_set.h"

namespace ortnce::bench {
namespace {

using Floats4 = float __attribute__((vector_size(16)));
using Floats8 = float __attribute__((vector_size(32)));
using Floats16 = float __attribute__((vector_size(64)));

constexpr int kChains = 12;  // more than the latency of a fused product times the units that work at it
constexpr int64_t kSteps = 4'000'000;

/// kSteps products and sums in each lane of each of kChains vectors; returns the floating-point
/// operations. The result is kept alive by its sum.
template <class Floats>
[[gnu::always_inline]] inline double multiply_add(float factor, volatile float* out) {
  Floats sums[kChains];
  for (int c = 0; c < kChains; ++c) sums[c] = Floats{} + static_cast<float>(c);
  const Floats a = Floats{} + factor;
  for (int64_t i = 0; i < kSteps; ++i) {
#pragma GCC unroll 12
    for (int c = 0; c < kChains; ++c) sums[c] = sums[c] * a + a;
  }
  Floats total = sums[0];
  for (int c = 1; c < kChains; ++c) total += sums[c];
  *out = total[0];
  return 2.0 * kSteps * kChains * static_cast<double>(sizeof(Floats) / sizeof(float));
}

using Rate = double (*)(float, volatile float*);

#ifdef __x86_64__
[[gnu::target("avx512f")]] double avx512(float factor, volatile float* out) {
  return multiply_add<Floats16>(factor, out);
}
[[gnu::target("avx2,fma")]] double avx2(float factor, volatile float* out) {
  return multiply_add<Floats8>(factor, out);
}
#endif
double baseline(float factor, volatile float* out) { return multiply_add<Floats4>(factor, out); }

/// The same with pairs of bfloat16 numbers, two products and sums a lane.
#ifdef __x86_64__
[[gnu::target("avx512f,avx512bf16")]] double avx512_bf16(float factor, volatile float* out) {
  using Pairs = short __attribute__((vector_size(64)));
  Floats16 sums[kChains];
  for (int c = 0; c < kChains; ++c) sums[c] = Floats16{} + static_cast<float>(c);
  const Pairs a = (Pairs)(Floats16{} + factor);
  for (int64_t i = 0; i < kSteps; ++i) {
#pragma GCC unroll 12
    for (int c = 0; c < kChains; ++c) sums[c] = __builtin_ia32_dpbf16ps_v16sf(sums[c], a, a);
  }
  Floats16 total = sums[0];
  for (int c = 1; c < kChains; ++c) total += sums[c];
  *out = total[0];
  return 4.0 * kSteps * kChains * static_cast<double>(sizeof(Floats16) / sizeof(float));
}
#endif

Rate rate_of_level() {
#ifdef __x86_64__
  if (platform::active_level() >= platform::InstructionSet::kAvx512) return &avx512;
  if (platform::active_level() == platform::InstructionSet::kAvx2) return &avx2;
#endif
  return &baseline;
}

/// Null where no instruction multiplies pairs.
Rate rate_of_pairs() {
#ifdef __x86_64__
  if (platform::active_level() == platform::InstructionSet::kAvx512Bf16) return &avx512_bf16;
#endif
  return nullptr;
}

/// Seconds until `body(thread)` has run on all threads, best of five.
template <class Body>
double best_seconds(int threads, Body body) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> others;
    for (int t = 1; t < threads; ++t) others.emplace_back([&body, t] { body(t); });
    body(0);
    for (std::thread& other : others) other.join();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

/// GFLOP/s of all threads together; 0 without a rate.
double measure_rate(Rate rate, int threads) {
  if (rate == nullptr) return 0;
  std::vector<double> operations(static_cast<size_t>(threads));
  std::vector<float> results(static_cast<size_t>(threads));
  const double seconds = best_seconds(threads, [&](int thread) {
    operations[static_cast<size_t>(thread)] = rate(0.5f, &results[static_cast<size_t>(thread)]);
  });
  double flops = 0;
  for (const double of_thread : operations) flops += of_thread;
  return flops / seconds * 1e-9;
}

}  // namespace

MachineFloor measure_floor(int threads) {
  const auto at = [](int thread) { return static_cast<size_t>(thread); };
  constexpr size_t kNumbers = size_t{64} << 20;  // 512 MiB
  const std::vector<int64_t> numbers(kNumbers, 1);
  std::vector<int64_t> sums(static_cast<size_t>(threads));
  const double reading = best_seconds(threads, [&](int thread) {
    const size_t share = kNumbers / static_cast<size_t>(threads), begin = share * at(thread);
    int64_t sum[8] = {};
    for (size_t i = begin; i + 8 <= begin + share; i += 8) {
      for (size_t u = 0; u < 8; ++u) sum[u] += numbers[i + u];
    }
    for (const int64_t part : sum) sums[at(thread)] += part;
  });
  volatile int64_t kept = sums[0];
  (void)kept;
  return {measure_rate(rate_of_level(), threads), measure_rate(rate_of_pairs(), threads),
          static_cast<double>(kNumbers * sizeof(int64_t)) / reading * 1e-9};
}

}  // namespace ortnce::bench
