#include "kernels/cuda/class_sums.cuh"
#include "kernels/sizes.h"

namespace ortnce::kernels::cuda {
namespace {

constexpr int kColumns = kWarp, kParts = kThreads / kColumns;

/// A block has kColumns columns; warp w sums every kParts-th example from w on.
ORTNCE_KERNEL(kThreads, 2) sum_columns(ORTNCE_PARAMS SlopeSumsParams p) {
  auto* const parts = reinterpret_cast<double*>(shared_memory());
  const int64_t k = block_x() * kColumns + thread_index() % kColumns;
  double sum = 0;
  if (k < p.count) {
    for (int64_t i = thread_index() / kColumns; i < p.batch; i += kParts) {
      sum += static_cast<double>(p.slopes[i * p.stride + k]);
    }
  }
  store_shared(parts + thread_index(), sum);
  sync_block();
  if (thread_index() >= kColumns || k >= p.count) return;
  for (int part = 1; part < kParts; ++part) sum += load_shared(parts + part * kColumns + thread_index());
  p.sums[k] = p.add ? p.sums[k] + sum : sum;
}

}  // namespace

Status sum_slopes(const SlopeSumsParams& params, Stream stream) {
  return launch(&sum_columns, "sum_slopes", Grid{ceil_div(params.count, kColumns)}, kThreads, kThreads * sizeof(double),
                stream, params);
}

}  // namespace ortnce::kernels::cuda
