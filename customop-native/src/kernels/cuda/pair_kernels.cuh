// Makes up the kernels of a pair: one source file for each.
#pragma once

#include "kernels/cuda/label_losses.cuh"
#include "kernels/cuda/loss_sums.cuh"
#include "kernels/cuda/pair.cuh"
#include "kernels/cuda/pair_kernels.h"
#include "kernels/sizes.h"

namespace ortnce::kernels::cuda {

template <class Pair>
Status queue_label_losses(const LabelLossesParams& p, Stream stream) {
  const Grid grid{ceil_div(p.labels.labels.batch, kLabelWarps) + ceil_div(p.num_sampled, kThreads)};
  return launch(&label_losses<Pair>, "label_losses", grid, kThreads, 0, stream, p);
}

template <class Pair>
Status queue_loss_sums(const LossSumsParams& p, int64_t slices, Stream stream) {
  const Grid grid{ceil_div(p.logits.batch, kTile), slices};
  return launch(&loss_sums<Pair>, "loss_sums", grid, kThreads, sizeof(LossSumsStorage<typename Pair::Products>), stream,
                p);
}

template <class Pair>
constexpr PairKernels make_pair_kernels() {
  return {&queue_label_losses<Pair>, &queue_loss_sums<Pair>};
}

}  // namespace ortnce::kernels::cuda
