// Makes up the kernels of a pair: one source file for each.
#pragma once

#include "kernels/cuda/class_sums.cuh"
#include "kernels/cuda/label_losses.cuh"
#include "kernels/cuda/label_slopes.cuh"
#include "kernels/cuda/loss_sums.cuh"
#include "kernels/cuda/pair.cuh"
#include "kernels/cuda/pair_kernels.h"
#include "kernels/cuda/slope_products.cuh"
#include "kernels/cuda/slopes.cuh"
#include "kernels/sizes.h"

namespace ortnce::kernels::cuda {

template <class Pair>
Status queue_label_losses(const LabelLossesParams& p, Stream stream) {
  return launch(&label_losses<Pair>, "label_losses", label_grid(p.labels, p.candidates), kThreads, 0, stream, p);
}

template <class Pair>
Status queue_loss_sums(const LossSumsParams& p, int64_t slices, Stream stream) {
  const Grid grid{ceil_div(p.logits.batch, kTile), slices};
  return launch(&loss_sums<Pair>, "loss_sums", grid, kThreads, sizeof(LossSumsStorage<typename Pair::Products>), stream,
                p);
}

template <class Pair>
Status queue_label_slopes(const LabelSlopesParams& p, Stream stream) {
  return launch(&label_slopes<Pair>, "label_slopes", label_grid(p.labels, p.candidates), kThreads, 0, stream, p);
}

template <class Pair>
Status queue_slopes(const SlopesParams& p, int64_t slices, Stream stream) {
  const Grid grid{ceil_div(p.logits.batch, kTile), slices};
  return launch(&find_slopes<Pair>, "find_slopes", grid, kThreads, sizeof(WalkStorage<typename Pair::Products>), stream,
                p);
}

template <class Pair>
Status queue_multiply_embeddings(const SlopeProductsParams& p, Stream stream) {
  return launch(&multiply_embeddings<Pair>, "multiply_embeddings", product_grid(p), kThreads,
                sizeof(SlopeProductsStorage<typename Pair::Weight>), stream, p);
}

template <class Pair>
Status queue_multiply_inputs(const SlopeProductsParams& p, Stream stream) {
  return launch(&multiply_inputs<Pair>, "multiply_inputs", product_grid(p), kThreads,
                sizeof(SlopeProductsStorage<typename Pair::Input>), stream, p);
}

template <class Pair>
Status queue_class_sums(const ClassSumsParams& p, Stream stream) {
  return launch(&sum_by_class<typename Pair::Input>, "sum_by_class", class_sums_grid(p), kThreads, 0, stream, p);
}

template <class Pair>
Status queue_narrow(const NarrowParams& p, Stream stream) {
  return launch(&narrow_all<typename Pair::Input>, "narrow", Grid{ceil_div(p.count, kThreads)}, kThreads, 0, stream, p);
}

template <class Pair>
constexpr PairKernels make_pair_kernels() {
  return {
      &queue_label_losses<Pair>,        &queue_loss_sums<Pair>,       &queue_label_slopes<Pair>, &queue_slopes<Pair>,
      &queue_multiply_embeddings<Pair>, &queue_multiply_inputs<Pair>, &queue_class_sums<Pair>,   &queue_narrow<Pair>};
}

}  // namespace ortnce::kernels::cuda
