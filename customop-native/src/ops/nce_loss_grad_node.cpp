#include "ops/nce_loss_grad_node.h"

#include <algorithm>

#include "ops/message.h"

namespace ortnce::ops {
namespace {

constexpr size_t kFirstOfLoss = 1, kWeights = 7;

/// Without loss_grad, with an absent step before the weights.
template <class T>
std::vector<T> in_order_of_loss(const std::vector<T>& inputs) {
  std::vector<T> result;
  for (size_t i = kFirstOfLoss; i < std::max(inputs.size(), kWeights); ++i) {
    if (i == kWeights) result.push_back(T{});
    result.push_back(i < inputs.size() ? inputs[i] : T{});
  }
  return result;
}

}  // namespace

NceLossGradNode::NceLossGradNode(const OrtKernelInfo* info)
    : attributes_(kNceLossGrad, Attributes(kNceLossGrad, info)) {
  const std::vector<TensorSpec> declared = declared_inputs(info);
  const std::vector<TensorSpec> of_loss = in_order_of_loss(declared);
  if (!of_loss[NceLossInput::kSampledCandidates].present) {
    invalid(format("%s: sampled_candidates, true_expected_count and sampled_expected_count are required, got none",
                   kNceLossGrad));
  }
  const NceLossSizes sizes = check_nce_loss(kNceLossGrad, attributes_, pointers(of_loss));
  check_loss_grad(declared.empty() ? TensorSpec{} : declared[kLossGrad], sizes.batch);
}

std::vector<InputTensor> NceLossGradNode::inputs_of_loss(const RunInputs& inputs) const {
  return in_order_of_loss(inputs.all());
}

void NceLossGradNode::check_loss_grad(const TensorSpec& loss_grad, int64_t batch) const {
  if (!loss_grad.present) invalid(format("%s: loss_grad is missing", kNceLossGrad));
  expect_type(kNceLossGrad, loss_grad, "loss_grad", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
  if (attributes_.reduction == kernels::Reduction::kNone) {
    expect_shape(kNceLossGrad, loss_grad, "loss_grad", "[batch]", {batch});
  } else {
    expect_shape(kNceLossGrad, loss_grad, "loss_grad", "[] of a reduced loss", {});
  }
}

}  // namespace ortnce::ops
