// One thing that is timed, and how.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernels/parallel.h"

namespace ortnce::bench {

/// A kernel at one shape.
struct Subject {
  double flop;   // products and sums of the matrix products
  bool pairs;    // whether they are all of bfloat16 by bfloat16
  double bytes;  // that cross the memory bus at least: operands too large for any cache
  std::function<void(kernels::Executor&)> run;
  std::function<std::string()> check;  // what is wrong with the results of the last run; empty = nothing
};

struct Seconds {
  double median, best;
};

/// Seconds of a run after warm-up: `runs` of them, fewer where they take longer than `budget` seconds
/// together, but three at least.
inline Seconds measure(const Subject& subject, kernels::Executor& executor, int runs, double budget) {
  using Clock = std::chrono::steady_clock;
  const auto timed = [&] {
    const auto start = Clock::now();
    subject.run(executor);
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  const double first = std::min(timed(), timed());
  const int affordable = static_cast<int>(std::min<double>(runs, std::max(3.0, budget / first)));
  std::vector<double> seconds;
  for (int run = 0; run < affordable; ++run) seconds.push_back(timed());
  std::sort(seconds.begin(), seconds.end());
  return {seconds[seconds.size() / 2], seconds.front()};
}

}  // namespace ortnce::bench
