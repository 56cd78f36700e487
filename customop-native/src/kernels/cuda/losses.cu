#include "kernels/cuda/losses.cuh"

#include "kernels/cuda/label_losses.cuh"
#include "kernels/sizes.h"

namespace ortnce::kernels::cuda {
namespace {

/// The sum of the block's numbers, in thread 0; a tree, the same for every run.
ORTNCE_DEVICE double sum_of_block(double x) {
  auto* const sums = reinterpret_cast<double*>(shared_memory());
  store_shared(sums + thread_index(), x);
  for (int half = kThreads / 2; half > 0; half /= 2) {
    sync_block();
    if (thread_index() < half) {
      store_shared(sums + thread_index(),
                   load_shared(sums + thread_index()) + load_shared(sums + thread_index() + half));
    }
  }
  return thread_index() == 0 ? load_shared(sums) : 0;
}

ORTNCE_KERNEL(kThreads, 2) combine(ORTNCE_PARAMS LossesParams p) {
  const int64_t example = block_x() * kThreads + thread_index();
  double loss = 0;
  if (example < p.batch && p.label_losses[example] != kNoLabels) {
    loss = p.label_losses[example];
    for (int64_t slice = 0; slice < p.slices; ++slice) loss += p.sums[slice * p.batch + example];
  }
  if (p.losses != nullptr && example < p.batch) p.losses[example] = static_cast<float>(loss);
  if (p.block_sums == nullptr) return;
  const double sum = sum_of_block(loss);
  if (thread_index() == 0) p.block_sums[block_x()] = sum;
}

ORTNCE_KERNEL(kThreads, 2) reduce(ORTNCE_PARAMS MeanParams p) {
  double own = 0;
  for (int64_t block = thread_index(); block < p.blocks; block += kThreads) own += p.block_sums[block];
  const double sum = sum_of_block(own);
  if (thread_index() == 0) *p.loss = static_cast<float>(sum / p.divisor);
}

constexpr size_t kSumsBytes = kThreads * sizeof(double);

}  // namespace

int64_t loss_blocks(int64_t batch) { return ceil_div(batch, kThreads); }

Status combine_losses(const LossesParams& params, Stream stream) {
  return launch(&combine, "combine_losses", Grid{loss_blocks(params.batch)}, kThreads, kSumsBytes, stream, params);
}

Status reduce_blocks(const MeanParams& params, Stream stream) {
  return launch(&reduce, "reduce_blocks", Grid{}, kThreads, kSumsBytes, stream, params);
}

}  // namespace ortnce::kernels::cuda
