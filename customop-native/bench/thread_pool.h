// An executor whose threads wait in a loop for the next tasks, as those of ONNX Runtime's pool do.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "kernels/parallel.h"

namespace ortnce::bench {

/// `threads` threads, of which the caller of run() is one. Each takes the next task that is left.
class ThreadPool final : public kernels::Executor {
 public:
  explicit ThreadPool(int threads) {
    for (int t = 1; t < threads; ++t) workers_.emplace_back([this] { work(); });
  }

  ~ThreadPool() override {
    stop_ = true;
    for (std::thread& worker : workers_) worker.join();
  }

  void run(int64_t tasks, Task task, void* state) override {
    if (tasks <= 1 || workers_.empty()) {
      for (int64_t i = 0; i < tasks; ++i) task(state, i);
      return;
    }
    task_ = task;
    state_ = state;
    tasks_ = tasks;
    next_ = 0;
    busy_ = static_cast<int64_t>(workers_.size());
    ++round_;
    take_tasks();
    while (busy_ > 0) relax();
  }

 private:
  static void relax() {
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
  }

  void take_tasks() {
    for (int64_t i = next_++; i < tasks_; i = next_++) task_(state_, i);
  }

  void work() {
    for (int64_t seen = 0; !stop_;) {
      if (round_ == seen) {
        relax();
        continue;
      }
      ++seen;
      take_tasks();
      --busy_;
    }
  }

  std::vector<std::thread> workers_;
  std::atomic<bool> stop_{false};
  std::atomic<int64_t> round_{0}, next_{0}, busy_{0};
  Task task_ = nullptr;
  void* state_ = nullptr;
  int64_t tasks_ = 0;
};

}  // namespace ortnce::bench
