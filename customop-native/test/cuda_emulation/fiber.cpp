#include "cuda_emulation/fiber.h"

#include <cstdint>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#else
namespace {
void __sanitizer_start_switch_fiber(void**, const void*, size_t) {}
void __sanitizer_finish_switch_fiber(void*, const void**, size_t*) {}
}  // namespace
#endif

namespace ortnce::emulation {
namespace {

thread_local Fiber* entered = nullptr;  // the fiber that was resumed last

#ifdef __x86_64__

/// Leaves the registers that a call preserves on the stack and takes those of the other stack.
extern "C" void ortnce_switch_stack(void** from, void* to);
asm(R"(
  .text
ortnce_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");

void switch_context(Context* from, Context* to) { ortnce_switch_stack(from, *to); }

Context new_context(unsigned char* stack, size_t bytes, void (*enter)()) {
  constexpr size_t kRegisters = 6;
  const auto top = (reinterpret_cast<uintptr_t>(stack) + bytes) / 16 * 16;
  auto* const frame = reinterpret_cast<void**>(top) - kRegisters - 2;  // as a call would leave it
  for (size_t i = 0; i < kRegisters; ++i) frame[i] = nullptr;
  frame[kRegisters] = reinterpret_cast<void*>(enter);
  return frame;
}

#else

void switch_context(Context* from, Context* to) { swapcontext(from, to); }

Context new_context(unsigned char* stack, size_t bytes, void (*enter)()) {
  Context context;
  getcontext(&context);
  context.uc_stack.ss_sp = stack;
  context.uc_stack.ss_size = bytes;
  context.uc_link = nullptr;
  makecontext(&context, enter, 0);
  return context;
}

#endif

}  // namespace

Fiber::Fiber() : stack_(new unsigned char[kStackBytes]) {}

void Fiber::start(void (*body)(void*), void* argument) {
  body_ = body;
  argument_ = argument;
  own_shadow_ = nullptr;
  own_ = new_context(stack_.get(), kStackBytes, &Fiber::enter);
}

void Fiber::enter() {
  Fiber* const self = entered;
  __sanitizer_finish_switch_fiber(nullptr, &self->caller_stack_, &self->caller_bytes_);
  self->body_(self->argument_);
  self->switch_to_caller(true);
}

void Fiber::resume() {
  void* shadow = nullptr;
  entered = this;
  __sanitizer_start_switch_fiber(&shadow, stack_.get(), kStackBytes);
  switch_context(&caller_, &own_);
  __sanitizer_finish_switch_fiber(shadow, nullptr, nullptr);
}

void Fiber::switch_to_caller(bool last) {
  __sanitizer_start_switch_fiber(last ? nullptr : &own_shadow_, caller_stack_, caller_bytes_);
  switch_context(&own_, &caller_);
  __sanitizer_finish_switch_fiber(own_shadow_, &caller_stack_, &caller_bytes_);
}

}  // namespace ortnce::emulation
