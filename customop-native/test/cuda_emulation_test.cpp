// The emulation finds what it is there to find: kernels with one mistake each are reported, and the same
// kernels without it are not.
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "cuda_emulation/tensor_core.h"

namespace ortnce::kernels::cuda {
namespace {

constexpr int kThreads = 64;

struct Params {
  const float* from;
  float* to;
  bool right;
};

std::string finding(void (*kernel)(Params), bool right, size_t shared_bytes = kThreads * 16) {
  alignas(16) float from[4 * kThreads], to[4 * kThreads];
  for (int i = 0; i < 4 * kThreads; ++i) from[i] = static_cast<float>(i);
  const Status status = launch(kernel, "kernel", Grid{2}, kThreads, shared_bytes, nullptr, Params{from, to, right});
  return status.ok() ? "" : status.reason;
}

void expect_finds(void (*kernel)(Params), const std::string& what) {
  EXPECT_EQ(finding(kernel, true), "");
  const std::string found = finding(kernel, false);
  EXPECT_NE(found.find(what), std::string::npos) << "found: " << found;
}

float* shared_floats() { return reinterpret_cast<float*>(shared_memory()); }

/// Every other thread hands a number to the next.
void missing_barrier(Params p) {
  const int t = thread_index();
  store_shared(shared_floats() + t, p.from[t]);
  if (p.right) sync_block();
  p.to[t] = load_shared(shared_floats() + t / 2 * 2);
}

/// Nothing orders the second write after the read.
void missing_second_barrier(Params p) {
  const int t = thread_index();
  store_shared(shared_floats() + t, p.from[t]);
  sync_block();
  p.to[t] = load_shared(shared_floats() + (t + 1) % kThreads);
  if (p.right) sync_block();
  store_shared(shared_floats() + t, 0.0f);
}

void missing_wait(Params p) {
  const int t = thread_index();
  copy_async(shared_floats() + 4 * t, p.from + 4 * t, true);
  commit_copies();
  if (p.right) wait_copies<0>();
  p.to[t] = load_shared(shared_floats() + 4 * t);
  wait_copies<0>();
}

/// The copies of others need a barrier besides.
void wait_without_barrier(Params p) {
  const int t = thread_index();
  copy_async(shared_floats() + 4 * t, p.from + 4 * t, true);
  commit_copies();
  wait_copies<0>();
  if (p.right) sync_block();
  p.to[t] = load_shared(shared_floats() + 4 * (t / 2 * 2));
}

void copies_never_waited_for(Params p) {
  copy_async(shared_floats() + 4 * thread_index(), p.from, true);
  commit_copies();
  if (p.right) wait_copies<0>();
}

void never_written(Params p) {
  if (p.right || thread_index() != 5) store_shared(shared_floats() + thread_index(), 1.0f);
  sync_block();
  p.to[thread_index()] = load_shared(shared_floats() + thread_index());
}

void past_the_end(Params p) { store_shared(shared_floats() + (p.right ? 0 : 4 * kThreads) + thread_index(), 1.0f); }

void two_writers(Params p) { store_shared(shared_floats() + (p.right ? thread_index() : 0), 1.0f); }

void barrier_for_some(Params p) {
  if (p.right || thread_index() < 40) sync_block();
}

void lane_missing(Params p) {
  if (p.right || thread_index() != 3) p.to[thread_index()] = shuffle_xor(p.from[thread_index()], 1);
}

void unaligned_copy(Params p) {
  copy_async(shared_floats() + 4 * thread_index(), p.from + (p.right ? 0 : 1), true);
  commit_copies();
  wait_copies<0>();
}

TEST(CudaEmulation, FindsMistakes) {
  expect_finds(&missing_barrier, "without a barrier");
  expect_finds(&missing_second_barrier, "another reads without a barrier");
  expect_finds(&missing_wait, "before the copy");
  expect_finds(&wait_without_barrier, "without a barrier");
  expect_finds(&copies_never_waited_for, "ends before its copies arrive");
  expect_finds(&never_written, "nobody wrote");
  expect_finds(&past_the_end, "of shared memory");
  expect_finds(&two_writers, "without a barrier");
  expect_finds(&barrier_for_some, "hangs");
  expect_finds(&lane_missing, "hangs");
  expect_finds(&unaligned_copy, "no multiple of 16");
}

/// [16, 2 chunks] by [8, 2 chunks] of small integers, exact in every type: fragments lie where the
/// documentation of the instructions says.
template <class T>
void multiply(Params p) {
  constexpr int kPerWord = 4 / sizeof(T), kInner = 8 * kPerWord;
  const auto word = [&](int row, int first, int seed) {
    uint32_t bits = 0;
    for (int n = 0; n < kPerWord; ++n) {
      const auto x = static_cast<float>((row * 5 + (first + n) * 3 + seed) % 7 - 3);
      if constexpr (sizeof(T) == 4) bits = bits_of(x);
      if constexpr (std::is_same_v<T, Float16>) bits |= static_cast<uint32_t>(narrow_half(x)) << 16 * n;
      if constexpr (std::is_same_v<T, Bfloat16>) bits |= (bits_of(x) >> 16) << 16 * n;
    }
    return bits;
  };
  const int lane = thread_index() % kWarp, group = lane / 4, inner = lane % 4 * kPerWord;
  uint32_t a[4], b[2];
  for (int i = 0; i < 4; ++i) a[i] = word(group + i % 2 * 8, inner + i / 2 * 4 * kPerWord, 1);
  for (int i = 0; i < 2; ++i) b[i] = word(group, inner + i * 4 * kPerWord, 2);
  float c[4] = {1, 1, 1, 1};
  multiply_add(T{}, c, a, b);
  for (int i = 0; i < 4; ++i) {
    const int row = group + i / 2 * 8, column = lane % 4 * 2 + i % 2;
    float sum = 1;
    for (int k = 0; k < kInner; ++k) {
      sum += static_cast<float>((row * 5 + k * 3 + 1) % 7 - 3) * static_cast<float>((column * 5 + k * 3 + 2) % 7 - 3);
    }
    p.to[4 * thread_index() + i] = c[i] - sum;
  }
}

TEST(CudaEmulation, MultipliesFragments) {
  for (void (*const kernel)(Params) : {&multiply<Float16>, &multiply<Bfloat16>, &multiply<float>}) {
    std::vector<float> to(4 * kThreads, 1);
    ASSERT_TRUE(launch(kernel, "multiply", Grid{}, kThreads, 0, nullptr, Params{nullptr, to.data(), true}).ok());
    EXPECT_EQ(to, std::vector<float>(4 * kThreads, 0));
  }
}

}  // namespace
}  // namespace ortnce::kernels::cuda
