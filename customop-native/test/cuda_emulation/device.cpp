#include "cuda_emulation/device.h"

#include <string>

#include "kernels/conversion.h"

namespace ortnce::kernels::cuda {

float widen_half(uint16_t bits) {
  float x;
  widen(ElementType::kFloat16, &bits, 1, &x);
  return x;
}

uint16_t narrow_half(float x) {
  uint16_t bits;
  narrow(&x, 1, ElementType::kFloat16, &bits);
  return bits;
}

Status run_grid(const char* name, Grid grid, int threads, size_t shared_bytes, void (*body)(const void*),
                const void* argument) {
  thread_local std::string reason;
  const emulation::DeviceAccess access;
  emulation::Findings findings;
  emulation::Block block(threads, findings);
  emulation::set_current_block(&block);
  for (int64_t y = 0; y < grid.y; ++y) {
    for (int64_t x = 0; x < grid.x && !findings.any(); ++x) block.run(x, y, shared_bytes, body, argument);
  }
  emulation::set_current_block(nullptr);
  if (!findings.any()) return {};
  reason = findings.first();
  return {1, name, reason.c_str()};
}

}  // namespace ortnce::kernels::cuda
