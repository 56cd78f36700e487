// What a NceLossGrad node is on every provider: its attributes, and what it demands of its inputs.
#pragma once

#include <cstdint>
#include <vector>

#include "ops/nce_loss_contract.h"
#include "ops/run_context.h"

namespace ortnce::ops {

inline constexpr const char* kNceLossGrad = "NceLossGrad";

/// Immutable; runs may be concurrent.
class NceLossGradNode {
 public:
  /// The first inputs; those of NceLoss follow loss_grad, without step.
  static constexpr size_t kLossGrad = 0, kInputs = 1;

  enum Output : size_t { kInputsGrad, kClassIds, kWeightsGrad, kBiasesGrad, kLoss };

  /// Checks all that the graph declares. Throws Error.
  explicit NceLossGradNode(const OrtKernelInfo* info);

  const NceLossAttributes& attributes() const { return attributes_; }

  /// The inputs of a run in the order of NceLoss.
  std::vector<InputTensor> inputs_of_loss(const RunInputs& inputs) const;

  /// Throws unless loss_grad fits a loss of `batch` examples; -1 = not known yet.
  void check_loss_grad(const TensorSpec& loss_grad, int64_t batch) const;

 private:
  NceLossAttributes attributes_;
};

}  // namespace ortnce::ops
