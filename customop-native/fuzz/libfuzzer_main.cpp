// One target under libFuzzer.
#include <cstdio>
#include <cstdlib>

#include "support/op_runtime.h"
#include "target.h"

namespace {

const ortnce::fuzz::Target& target() {
  static const ortnce::fuzz::Target& found = [&]() -> const ortnce::fuzz::Target& {
    ortnce::test::limit_op_memory(size_t{1} << 20);
    const auto* const one = ortnce::fuzz::find_target(ORTNCE_FUZZ_TARGET);
    if (one == nullptr) std::abort();
    return *one;
  }();
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ortnce::fuzz::run_target(target(), data, size);
  return 0;
}
