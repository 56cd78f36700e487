#include "ops/nce_loss_grad_kernel.h"

#include "kernels/class_gradients.h"
#include "kernels/conversion.h"
#include "kernels/nce_backward.h"
#include "kernels/reduction.h"
#include "ops/nce_loss_node.h"
#include "ops/nce_run.h"

namespace ortnce::ops {
namespace {

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

void NceLossGradKernel::compute(RunContext& context) {
  const RunInputs inputs(context);
  NceRun run(kNceLossGrad, node_.attributes(), node_.inputs_of_loss(inputs));
  const NceBatch& batch = run.batch();
  const NceLossSizes& sizes = batch.sizes();
  const InputTensor& loss_grad_in = inputs[NceLossGradNode::kLossGrad];
  node_.check_loss_grad(loss_grad_in.spec, sizes.batch);
  const kernels::Reduction reduction = node_.attributes().reduction;
  const int64_t labels_count = batch.labels_count();

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
  spread_loss_grad(loss_grad_in.as<float>(), reduction, batch.counted_examples(), problem, loss_grad);

  const kernels::IdGroups groups =
      kernels::group_classes(problem, batch.sample().candidates, workspace.at<kernels::IdGroups::Entry>(entries_at));
  void* const inputs_grad_out = context.output<void>(NceLossGradNode::kInputsGrad, {sizes.batch, sizes.dim});
  float* const inputs_grad = narrows ? workspace.at<float>(inputs_grad_at) : static_cast<float*>(inputs_grad_out);
  int64_t* const class_ids = context.output<int64_t>(NceLossGradNode::kClassIds, {groups.count()});
  float* const weights_grad = context.output<float>(NceLossGradNode::kWeightsGrad, {groups.count(), sizes.dim});
  float* const biases_grad = context.output<float>(NceLossGradNode::kBiasesGrad, {groups.count()});
  float* const loss = context.output<float>(NceLossGradNode::kLoss, loss_dims(reduction, sizes.batch));

  const kernels::NceGradients gradients{inputs_grad, workspace.at<float>(true_slopes_at),
                                        workspace.at<float>(sampled_at), workspace.at<float>(sampled_biases_at),
                                        loss == nullptr ? nullptr : workspace.at<double>(losses_at)};
  kernels::nce_backward(problem, loss_grad, workspace.at<void>(backward_at), context, gradients);
  if (narrows) {
    kernels::narrow(inputs_grad, sizes.batch * sizes.dim, run.inputs_type(), inputs_grad_out, context);
  }
  if (loss != nullptr) {
    kernels::reduce_losses(gradients.loss, sizes.batch, batch.counted_examples(), reduction, loss);
  }
  if (class_ids != nullptr) groups.write_ids(class_ids);
  kernels::sum_by_class(groups, problem, gradients, context, weights_grad, biases_grad);
}

}  // namespace ortnce::ops
