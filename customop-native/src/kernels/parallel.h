// How kernels ask for threads without knowing who owns them.
#pragma once

#include <cstdint>

namespace ortnce::kernels {

/// Runs numbered tasks, in any order and on any threads, and returns when all are done.
class Executor {
 public:
  /// A task; must not throw.
  using Task = void (*)(void* state, int64_t index);

  virtual ~Executor() = default;
  virtual void run(int64_t tasks, Task task, void* state) = 0;
};

/// Runs the tasks one after another on the calling thread.
class SerialExecutor final : public Executor {
 public:
  void run(int64_t tasks, Task task, void* state) override {
    for (int64_t i = 0; i < tasks; ++i) task(state, i);
  }
};

/// Calls body(i) for i in [0, tasks).
template <class Body>
void parallel_for(Executor& executor, int64_t tasks, Body&& body) {
  executor.run(
      tasks, [](void* state, int64_t i) { (*static_cast<Body*>(state))(i); }, &body);
}

}  // namespace ortnce::kernels
