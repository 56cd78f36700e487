#include "ops/full_sigmoid_outputs.h"

#include <vector>

#include "kernels/class_scan.h"
#include "ops/labels.h"

namespace ortnce::ops {

FullSigmoidOutputs::FullSigmoidOutputs(const RunContext& context, int64_t batch, int64_t num_true,
                                       kernels::Reduction reduction) {
  const std::vector<int64_t> dims = loss_dims(reduction, batch);
  loss = context.output<float>(kLoss, dims);
  softmax_loss = context.output<float>(kSoftmaxLoss, dims);
  true_ranks = context.output<int64_t>(kTrueRanks, {batch, num_true});
}

void write_outputs(const FullSigmoidFigures& figures, kernels::Reduction reduction, double* losses,
                   const FullSigmoidOutputs& outputs) {
  const auto labels_of = [&](int64_t i) {
    const int64_t row = i * figures.num_true;
    return kernels::ExampleLabels{figures.labels + row, figures.true_logits + row, figures.num_true};
  };
  int64_t counted = 0;
  for (int64_t i = 0; i < figures.batch; ++i) counted += kernels::counted_labels(labels_of(i)) > 0;
  if (outputs.loss != nullptr) {
    for (int64_t i = 0; i < figures.batch; ++i) {
      losses[i] = kernels::full_sigmoid_loss(labels_of(i), figures.totals[i].softplus_sum);
    }
    kernels::reduce_losses(losses, figures.batch, counted, reduction, outputs.loss);
  }
  if (outputs.softmax_loss != nullptr) {
    for (int64_t i = 0; i < figures.batch; ++i) {
      losses[i] = kernels::softmax_loss(labels_of(i), figures.totals[i].log_sum_exp);
    }
    kernels::reduce_losses(losses, figures.batch, counted, reduction, outputs.softmax_loss);
  }
  if (outputs.true_ranks == nullptr) return;
  for (int64_t at = 0; at < figures.batch * figures.num_true; ++at) {
    outputs.true_ranks[at] = figures.labels[at] == kernels::kIgnoredLabel ? 0 : 1 + figures.larger_counts[at];
  }
}

}  // namespace ortnce::ops
