#include "ops/cuda/nce_loss_grad_cuda_kernel.h"

#include "kernels/class_gradients.h"
#include "kernels/cuda/nce_backward.h"
#include "kernels/cuda/nce_forward.h"
#include "ops/cuda/device_limits.h"
#include "ops/cuda/device_nce_run.h"
#include "ops/cuda/device_run.h"
#include "ops/nce_loss_node.h"

namespace ortnce::ops {

using kernels::IdGroups;

NceLossGradCudaKernel::NceLossGradCudaKernel(const OrtKernelInfo* info) : node_(info), host_memory_(cpu_memory()) {
  check_device_dim(kNceLossGrad, declared_input(info, NceLossGradNode::kInputs).dim(1));
}

void NceLossGradCudaKernel::compute(RunContext& context) {
  const RunInputs inputs(context);
  Workspace host;
  NceBatch batch(kNceLossGrad, node_.attributes(), node_.inputs_of_loss(inputs), host);
  const NceLossSizes& sizes = batch.sizes();
  const InputTensor& loss_grad = inputs[NceLossGradNode::kLossGrad];
  node_.check_loss_grad(loss_grad.spec, sizes.batch);
  check_device_dim(kNceLossGrad, sizes.dim);
  check_device_ids(kNceLossGrad, batch.labels_count(), sizes.num_sampled);
  const kernels::Reduction reduction = node_.attributes().reduction;
  const int64_t occurrences = batch.labels_count() + sizes.num_sampled;
  const size_t entries_at = host.reserve<IdGroups::Entry>(IdGroups::room(occurrences));
  const size_t class_ids_at = host.reserve<int64_t>(occurrences);
  host.allocate(context, host_memory_.get(), kNceLossGrad);
  batch.read();

  DeviceRun run(kNceLossGrad, context, NceLossGradNode::kInputs, host_memory_.get());
  const DeviceNceRun on_device(batch, run.session_allows_tf32());
  const kernels::cuda::DeviceNceProblem& problem = on_device.problem();
  const IdGroups groups =
      kernels::group_classes(problem.batch.labels, batch.labels_count(), problem.sample.candidates, sizes.num_sampled,
                             host.at<IdGroups::Entry>(entries_at));
  const int64_t classes = groups.count();

  kernels::cuda::DeviceNceGradients gradients;
  gradients.inputs = context.output<void>(NceLossGradNode::kInputsGrad, {sizes.batch, sizes.dim});
  int64_t* const class_ids = context.output<int64_t>(NceLossGradNode::kClassIds, {classes});
  gradients.weights = context.output<float>(NceLossGradNode::kWeightsGrad, {classes, sizes.dim});
  gradients.biases = context.output<float>(NceLossGradNode::kBiasesGrad, {classes});
  float* const loss = context.output<float>(NceLossGradNode::kLoss, loss_dims(reduction, sizes.batch));

  if (class_ids != nullptr) {
    int64_t* const ids = host.at<int64_t>(class_ids_at);
    groups.write_ids(ids);
    run.copy(ids, classes, class_ids);
  }
  kernels::cuda::RunBytes bytes;
  bool fits = kernels::cuda::nce_backward_bytes(problem, groups, gradients, &bytes);
  run.check(kernels::cuda::nce_backward(problem, reduction, loss_grad.as<float>(), groups, run.allocate(fits, bytes),
                                        run.stream(), gradients));
  if (loss == nullptr) return;
  fits = kernels::cuda::nce_forward_bytes(problem, &bytes);
  run.check(kernels::cuda::nce_forward(problem, reduction, run.allocate(fits, bytes), run.stream(), loss));
}

}  // namespace ortnce::ops
