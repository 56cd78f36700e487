// Threads of a block as fibers: each has a stack of its own, and one runs until it gives way.
#pragma once

#include <cstddef>
#include <memory>

#ifndef __x86_64__
#include <ucontext.h>
#endif

namespace ortnce::emulation {

/// Where a stack was left.
#ifdef __x86_64__
using Context = void*;  // its stack pointer: swapcontext would make a system call each time
#else
using Context = ucontext_t;
#endif

/// A function that can be left in the middle and entered again. Neither copied nor moved.
class Fiber {
 public:
  Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Makes the next resume() enter `body`, whatever became of the last one.
  void start(void (*body)(void*), void* argument);

  /// Runs the body until it calls suspend() or ends.
  void resume();

  /// Called by the body: returns from resume().
  void suspend() { switch_to_caller(false); }

 private:
  static void enter();
  void switch_to_caller(bool last);

  static constexpr size_t kStackBytes = 256 * 1024;
  std::unique_ptr<unsigned char[]> stack_;
  Context own_{}, caller_{};
  void (*body_)(void*) = nullptr;
  void* argument_ = nullptr;
  // For AddressSanitizer, which must know of every stack.
  void* own_shadow_ = nullptr;
  const void* caller_stack_ = nullptr;
  size_t caller_bytes_ = 0;
};

}  // namespace ortnce::emulation
