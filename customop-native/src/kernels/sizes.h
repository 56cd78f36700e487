// Sizes of problems, scratch memory and work.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "kernels/nce_forward.h"

namespace ortnce::kernels {

inline int64_t ceil_div(int64_t a, int64_t b) { return a / b + (a % b != 0 ? 1 : 0); }

/// Products of one pass over examples and candidates, with what each term costs besides.
inline double work_estimate(const NceProblem& p) {
  const double terms = static_cast<double>(p.num_sampled) + static_cast<double>(p.num_true);
  return static_cast<double>(p.batch) * terms * (static_cast<double>(p.dim) + 16);
}

/// Below some 20 microseconds of arithmetic a hand-off to other threads costs more than it saves.
inline constexpr double kParallelWork = 1e6;

/// The same in floats that are copied or added up instead: memory sets the pace, not arithmetic.
inline constexpr double kParallelFloats = 8e4;

/// Into how many tasks a pass is cut: enough for 16 threads to end at about the same time, but none so
/// small that handing it out counts.
inline int64_t task_count(double work) {
  constexpr double kMostTasks = 32, kTaskWork = 2.5e5;
  return static_cast<int64_t>(std::clamp(work / kTaskWork, 1.0, kMostTasks));
}

/// Floats of an operand that stays in the second-level cache of a core while others pass: 512 KiB.
inline constexpr int64_t kNearFloats = 1 << 17;

/// Lays arrays out in a block of memory, each aligned to 64 bytes, or only sums up their sizes.
class CheckedBytes {
 public:
  /// Room for a * b * c elements; null if `block` is.
  template <class T>
  T* take(void* block, int64_t a, int64_t b = 1, int64_t c = 1) {
    const size_t offset = total_;
    size_t bytes = sizeof(T);
    for (const int64_t factor : {a, b, c})
      overflow_ |= __builtin_mul_overflow(bytes, static_cast<size_t>(factor), &bytes);
    overflow_ |= __builtin_add_overflow(bytes, kAlignment - 1, &bytes);
    overflow_ |= __builtin_add_overflow(total_, bytes / kAlignment * kAlignment, &total_);
    return block == nullptr ? nullptr : reinterpret_cast<T*>(static_cast<unsigned char*>(block) + offset);
  }

  size_t total() const { return total_; }
  bool fits() const { return !overflow_; }

 private:
  static constexpr size_t kAlignment = 64;
  size_t total_ = 0;
  bool overflow_ = false;
};

}  // namespace ortnce::kernels
