#include "kernels/cuda/hopper/gather_rows.h"

#include "kernels/cuda/number.cuh"
#include "kernels/sizes.h"

namespace ortnce::kernels::cuda {
namespace {

constexpr int kGatherThreads = 256;

ORTNCE_KERNEL(kGatherThreads, 2) gather_rows(ORTNCE_PARAMS GatherParams p) {
  const int64_t row = block_x() * (kGatherThreads / kWarp) + thread_index() / kWarp;
  if (row >= p.count) return;
  const auto* const from = static_cast<const Chunk*>(p.from[row]);
  auto* const to = static_cast<Chunk*>(p.to) + row * p.chunks;
  for (int64_t chunk = thread_index() % kWarp; chunk < p.chunks; chunk += kWarp) to[chunk] = from[chunk];
}

}  // namespace

Status queue_gather(const GatherParams& params, Stream stream) {
  const Grid grid{ceil_div(params.count, kGatherThreads / kWarp)};
  return launch(&gather_rows, "gather_rows", grid, kGatherThreads, 0, stream, params);
}

}  // namespace ortnce::kernels::cuda
