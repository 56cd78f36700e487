#include "kernels/expected_counts.h"

#include "kernels/cpu/dispatch.h"

namespace ortnce::kernels {

void subtract_logs(const float* counts, int64_t count, float* offsets) {
  cpu::active_kernels().subtract_logs(counts, count, offsets);
}

}  // namespace ortnce::kernels
