#include "ops/nce_loss_grad_kernel.h"

#include <algorithm>
#include <vector>

#include "kernels/class_gradients.h"
#include "kernels/conversion.h"
#include "kernels/nce_backward.h"
#include "kernels/reduction.h"
#include "ops/message.h"
#include "ops/nce_run.h"

namespace ortnce::ops {
namespace {

/// loss_grad comes first; then the inputs of NceLoss without step.
constexpr size_t kLossGrad = 0, kFirstOfLoss = 1, kWeights = 7;

/// The inputs in the order of NceLoss: without loss_grad, with an absent step before the weights.
template <class T>
std::vector<T> inputs_of_loss(const std::vector<T>& inputs) {
  std::vector<T> result;
  for (size_t i = kFirstOfLoss; i < std::max(inputs.size(), kWeights); ++i) {
    if (i == kWeights) result.push_back(T{});
    result.push_back(i < inputs.size() ? inputs[i] : T{});
  }
  return result;
}

/// The gradient of every example's loss: what the reduction makes of loss_grad; 0 for an example
/// without counted labels, whose loss is constant.
void spread_loss_grad(const float* loss_grad, kernels::Reduction reduction, int64_t counted_examples,
                      const kernels::NceProblem& problem, float* out) {
  for (int64_t i = 0; i < problem.batch; ++i) {
    if (kernels::counted_labels(problem, i) == 0) {
      out[i] = 0;
    } else if (reduction == kernels::Reduction::kNone) {
      out[i] = loss_grad[i];
    } else {
      out[i] =
          reduction == kernels::Reduction::kMean ? loss_grad[0] / static_cast<float>(counted_examples) : loss_grad[0];
    }
  }
}

}  // namespace

NceLossGradKernel::NceLossGradKernel(const OrtKernelInfo* info)
    : attributes_(kNceLossGrad, Attributes(kNceLossGrad, info)), memory_(cpu_memory()) {
  const std::vector<TensorSpec> declared = declared_inputs(info);
  const std::vector<TensorSpec> of_loss = inputs_of_loss(declared);
  if (!of_loss[NceLossInput::kSampledCandidates].present) {
    invalid(format("%s: sampled_candidates, true_expected_count and sampled_expected_count are required, got none",
                   kNceLossGrad));
  }
  const NceLossSizes sizes = check_nce_loss(kNceLossGrad, attributes_, pointers(of_loss));
  check_loss_grad(declared.empty() ? TensorSpec{} : declared[kLossGrad], sizes.batch);
}

void NceLossGradKernel::check_loss_grad(const TensorSpec& loss_grad, int64_t batch) const {
  if (!loss_grad.present) invalid(format("%s: loss_grad is missing", kNceLossGrad));
  expect_type(kNceLossGrad, loss_grad, "loss_grad", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
  if (attributes_.reduction == kernels::Reduction::kNone) {
    expect_shape(kNceLossGrad, loss_grad, "loss_grad", "[batch]", {batch});
  } else {
    expect_shape(kNceLossGrad, loss_grad, "loss_grad", "[] of a reduced loss", {});
  }
}

void NceLossGradKernel::compute(RunContext& context) {
  const RunInputs inputs(context);
  NceRun run(kNceLossGrad, attributes_, inputs_of_loss(inputs.all()));
  const NceLossSizes& sizes = run.sizes();
  check_loss_grad(inputs[kLossGrad].spec, sizes.batch);
  const int64_t labels_count = sizes.batch * attributes_.num_true;

  Workspace& workspace = run.workspace();
  const bool narrows = run.inputs_type() != kernels::ElementType::kFloat;
  const size_t inputs_grad_at = workspace.reserve_product<float>(narrows ? sizes.batch : 0, sizes.dim);
  const size_t loss_grad_at = workspace.reserve<float>(sizes.batch);
  const size_t true_slopes_at = workspace.reserve<float>(labels_count);
  const size_t sampled_at = workspace.reserve_product<float>(sizes.num_sampled, sizes.dim);
  const size_t sampled_biases_at = workspace.reserve<float>(sizes.num_sampled);
  const size_t entries_at =
      workspace.reserve<kernels::IdGroups::Entry>(kernels::IdGroups::room(labels_count + sizes.num_sampled));
  size_t backward_bytes = 0;
  if (!kernels::nce_backward_workspace(run.shape(), &backward_bytes)) backward_bytes = SIZE_MAX;
  const size_t backward_at = workspace.reserve_bytes(backward_bytes);
  const size_t losses_at = workspace.reserve<double>(sizes.batch);
  run.allocate(context, memory_.get());

  const kernels::NceProblem& problem = run.problem(context);
  float* const loss_grad = workspace.at<float>(loss_grad_at);
  spread_loss_grad(inputs[kLossGrad].as<float>(), attributes_.reduction, run.counted_examples(), problem, loss_grad);

  const kernels::IdGroups groups =
      kernels::group_classes(problem, run.sample().candidates, workspace.at<kernels::IdGroups::Entry>(entries_at));
  void* const inputs_grad_out = context.output<void>(0, {sizes.batch, sizes.dim});
  float* const inputs_grad = narrows ? workspace.at<float>(inputs_grad_at) : static_cast<float*>(inputs_grad_out);
  int64_t* const class_ids = context.output<int64_t>(1, {groups.count()});
  float* const weights_grad = context.output<float>(2, {groups.count(), sizes.dim});
  float* const biases_grad = context.output<float>(3, {groups.count()});
  const bool per_example = attributes_.reduction == kernels::Reduction::kNone;
  float* const loss =
      context.output<float>(4, per_example ? std::vector<int64_t>{sizes.batch} : std::vector<int64_t>{});

  const kernels::NceGradients gradients{inputs_grad, workspace.at<float>(true_slopes_at),
                                        workspace.at<float>(sampled_at), workspace.at<float>(sampled_biases_at),
                                        loss == nullptr ? nullptr : workspace.at<double>(losses_at)};
  kernels::nce_backward(problem, loss_grad, workspace.at<void>(backward_at), context, gradients);
  if (narrows) {
    kernels::narrow(inputs_grad, sizes.batch * sizes.dim, run.inputs_type(), inputs_grad_out, context);
  }
  if (loss != nullptr) {
    kernels::reduce_losses(gradients.loss, sizes.batch, run.counted_examples(), attributes_.reduction, loss);
  }
  if (class_ids != nullptr) groups.write_ids(class_ids);
  kernels::sum_by_class(groups, problem, gradients, context, weights_grad, biases_grad);
}

}  // namespace ortnce::ops
