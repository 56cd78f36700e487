// One target under libFuzzer.
#include <cstdio>
#include <cstdlib>

#include "execution_heap.h"
#include "support/op_runtime.h"
#include "target.h"

namespace {

/// Chosen by the bytes, so that an input always does the same.
bool is_judged(const uint8_t* data, size_t size) {
  uint64_t hash = 14695981039346656037u;  // FNV-1a
  for (size_t i = 0; i < size; ++i) hash = (hash ^ data[i]) * 1099511628211u;
  return (hash >> 32) % ortnce::fuzz::kJudgedOneIn == 0;
}

const ortnce::fuzz::Target& target() {
  static const ortnce::fuzz::Target& found = [&]() -> const ortnce::fuzz::Target& {
    ortnce::test::limit_op_memory(size_t{1} << 20);
    const auto* const one = ortnce::fuzz::find_target(ORTNCE_FUZZ_TARGET);
    if (one == nullptr) std::abort();
    // What lasts, such as the registration, is made here and not on the heap of an execution.
    ortnce::fuzz::run_target(*one, nullptr, 0, true);
    return *one;
  }();
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ortnce::fuzz::Target& one = target();
  const ortnce::fuzz::ExecutionHeap heap;
  ortnce::fuzz::run_target(one, data, size, is_judged(data, size));
  return 0;
}
