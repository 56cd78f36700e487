// Executors with real threads and with an order of their own, for tests of determinism.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include "kernels/parallel.h"

namespace ortnce::test {

/// Runs the tasks on `threads` new threads, each taking the next task that is left.
class ThreadExecutor final : public kernels::Executor {
 public:
  explicit ThreadExecutor(int threads) : threads_(threads) {}

  void run(int64_t tasks, Task task, void* state) override {
    most_tasks_ = std::max(most_tasks_, tasks);
    std::atomic<int64_t> next{0};
    std::vector<std::thread> workers;
    for (int t = 0; t < threads_; ++t) {
      workers.emplace_back([&] {
        for (int64_t i = next++; i < tasks; i = next++) task(state, i);
      });
    }
    for (std::thread& worker : workers) worker.join();
  }

  /// The longest list of tasks handed over: above 1 if there was anything to run in parallel.
  int64_t most_tasks() const { return most_tasks_; }

 private:
  int threads_;
  int64_t most_tasks_ = 0;
};

/// Runs the tasks on the calling thread in random order.
class ShufflingExecutor final : public kernels::Executor {
 public:
  explicit ShufflingExecutor(uint64_t seed) : random_(seed) {}

  void run(int64_t tasks, Task task, void* state) override {
    std::vector<int64_t> order(static_cast<size_t>(tasks));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random_);
    for (const int64_t i : order) task(state, i);
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace ortnce::test
