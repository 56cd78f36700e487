// Coverage for libFuzzer from GCC's -fsanitize-coverage=trace-pc,trace-cmp: the engine is LLVM's, the
// compiler stays the one whose code ships. libFuzzer's own __sanitizer_cov_trace_pc only ends the process:
// the linker wraps it in this one, which GCC calls on every edge.
#include <cstdint>

extern "C" {
void __sanitizer_cov_8bit_counters_init(uint8_t* begin, uint8_t* end);
void __wrap___sanitizer_cov_trace_pc();
void __sanitizer_cov_trace_cmpf(float, float);
void __sanitizer_cov_trace_cmpd(double, double);
}

namespace {

/// One for each 4 bytes of code, wrapping around.
constexpr uintptr_t kCounters = 1 << 16;
uint8_t counters[kCounters];

[[maybe_unused]] const bool registered = [] {
  __sanitizer_cov_8bit_counters_init(counters, counters + kCounters);
  return true;
}();

}  // namespace

void __wrap___sanitizer_cov_trace_pc() {
  const auto address = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  ++counters[address / 4 % kCounters];
}

// Comparisons of floats, of which libFuzzer makes nothing.
void __sanitizer_cov_trace_cmpf(float, float) {}
void __sanitizer_cov_trace_cmpd(double, double) {}
