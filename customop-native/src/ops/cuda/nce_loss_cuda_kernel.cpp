#include "ops/cuda/nce_loss_cuda_kernel.h"

#include "kernels/cuda/hopper/trial.h"
#include "kernels/cuda/nce_forward.h"
#include "ops/cuda/device_limits.h"
#include "ops/cuda/device_nce_run.h"
#include "ops/cuda/device_run.h"
#include "ops/step.h"

namespace ortnce::ops {

NceLossCudaKernel::NceLossCudaKernel(const OrtKernelInfo* info) : node_(info), host_memory_(cpu_memory()) {
  check_device_dim(kNceLoss, declared_input(info, NceLossInput::kInputs).dim(1));
}

void NceLossCudaKernel::compute(RunContext& context) {
  const RunInputs inputs(context);
  Workspace host;
  NceBatch batch(kNceLoss, node_.attributes(), inputs.all(), host);
  check_device_dim(kNceLoss, batch.sizes().dim);
  check_device_ids(kNceLoss, batch.labels_count(), batch.sizes().num_sampled);
  const std::optional<uint64_t> step = read_step(kNceLoss, inputs[NceLossInput::kStep]);
  const size_t draw_at = host.reserve_bytes(node_.draw_bytes(batch.sizes()));
  host.allocate(context, host_memory_.get(), kNceLoss);
  batch.read();
  const NceLossOutputs outputs(context, batch);
  node_.draw(step, batch, host.at<void>(draw_at));

  DeviceRun run(kNceLoss, context, NceLossInput::kInputs, host_memory_.get());
  const NceSample sample = batch.sample();
  run.copy(sample.candidates, batch.sizes().num_sampled, outputs.candidates);
  run.copy(sample.true_count, batch.labels_count(), outputs.true_count);
  run.copy(sample.sampled_count, batch.sizes().num_sampled, outputs.sampled_count);

  const DeviceNceRun on_device(batch, run.session_allows_tf32());
  kernels::cuda::DeviceNceProblem problem = on_device.problem();
  run.check(kernels::cuda::allow_hopper(problem.sample, problem.sample.size, &problem.batch));
  kernels::cuda::RunBytes bytes;
  const bool fits = kernels::cuda::nce_forward_bytes(problem, &bytes);
  run.check(kernels::cuda::nce_forward(problem, node_.attributes().reduction, run.allocate(fits, bytes), run.stream(),
                                       outputs.loss));
}

}  // namespace ortnce::ops
