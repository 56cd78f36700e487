#include "ops/nce_loss_kernel.h"

#include <algorithm>
#include <optional>

#include "kernels/nce_forward.h"
#include "kernels/reduction.h"
#include "ops/nce_run.h"
#include "ops/step.h"

namespace ortnce::ops {

void NceLossKernel::compute(RunContext& context) {
  const RunInputs inputs(context);
  NceRun run(kNceLoss, node_.attributes(), inputs.all());
  const NceBatch& batch = run.batch();
  const NceLossSizes& sizes = batch.sizes();
  const std::optional<uint64_t> step = read_step(kNceLoss, inputs[NceLossInput::kStep]);

  Workspace& workspace = run.workspace();
  const size_t losses_at = workspace.reserve<double>(sizes.batch);
  const size_t draw_at = workspace.reserve_bytes(node_.draw_bytes(sizes));
  size_t forward_bytes = 0;
  if (!kernels::nce_forward_workspace(run.shape(), &forward_bytes)) forward_bytes = SIZE_MAX;
  const size_t forward_at = workspace.reserve_bytes(forward_bytes);
  run.allocate(context, memory_.get());

  const NceLossOutputs outputs(context, batch);
  node_.draw(step, batch, workspace.at<void>(draw_at));
  double* const example_losses = workspace.at<double>(losses_at);
  kernels::nce_forward(run.problem(context), workspace.at<void>(forward_at), context, example_losses);
  kernels::reduce_losses(example_losses, sizes.batch, batch.counted_examples(), node_.attributes().reduction,
                         outputs.loss);

  const NceSample sample = batch.sample();
  if (outputs.candidates != nullptr) std::copy_n(sample.candidates, sizes.num_sampled, outputs.candidates);
  if (outputs.true_count != nullptr) std::copy_n(sample.true_count, batch.labels_count(), outputs.true_count);
  if (outputs.sampled_count != nullptr) std::copy_n(sample.sampled_count, sizes.num_sampled, outputs.sampled_count);
}

}  // namespace ortnce::ops
