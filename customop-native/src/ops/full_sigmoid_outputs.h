// The outputs that FullSigmoidLoss and CombineFullSigmoidLoss have in common.
#pragma once

#include <cstdint>

#include "kernels/full_sigmoid_loss.h"
#include "kernels/reduction.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// The outputs of one run that the node has; null = not wanted.
struct FullSigmoidOutputs {
  enum Index : size_t { kLoss, kSoftmaxLoss, kTrueRanks, kTrueLogits };

  float* loss;          // [B] or []
  float* softmax_loss;  // [B] or []
  int64_t* true_ranks;  // [B, T]

  FullSigmoidOutputs(const RunContext& context, int64_t batch, int64_t num_true, kernels::Reduction reduction);
};

/// What the outputs are made of.
struct FullSigmoidFigures {
  int64_t batch;
  int64_t num_true;
  const int64_t* labels;               // [B, T] class ids or kIgnoredLabel
  const float* true_logits;            // [B, T]
  const kernels::ClassTotals* totals;  // [B]
  const int64_t* larger_counts;        // [B, T] read for true_ranks alone
};

/// Writes the wanted outputs. `losses`: scratch, [B].
void write_outputs(const FullSigmoidFigures& figures, kernels::Reduction reduction, double* losses,
                   const FullSigmoidOutputs& outputs);

}  // namespace ortnce::ops
