#include "ops/nce_loss_kernel.h"

#include <algorithm>
#include <optional>

#include "kernels/nce_forward.h"
#include "kernels/reduction.h"
#include "ops/draw_limits.h"
#include "ops/message.h"
#include "ops/step.h"
#include "sampling/candidates.h"
#include "sampling/log_uniform.h"

namespace ortnce::ops {

NceLossKernel::NceLossKernel(const OrtKernelInfo* info)
    : attributes_(kNceLoss, Attributes(kNceLoss, info)),
      memory_(cpu_memory()),
      streams_(attributes_.seed, attributes_.seed2) {
  const std::vector<TensorSpec> declared = declared_inputs(info);
  const NceLossSizes sizes = check_nce_loss(kNceLoss, attributes_, pointers(declared));
  const bool known = sizes.own_sample && sizes.num_classes > 0;
  if (known && sizes.num_sampled >= kLargeSample) {
    check_reach(kNceLoss, sampling::LogUniform(sizes.num_classes), sizes.num_sampled);
  }
}

void NceLossKernel::draw_sample(std::optional<uint64_t> step, const NceRun& run, void* workspace) {
  const NceLossSizes& sizes = run.sizes();
  const NceSample sample = run.sample();
  const sampling::LogUniform distribution(sizes.num_classes);
  if (sizes.num_sampled >= kLargeSample) check_reach(kNceLoss, distribution, sizes.num_sampled);
  const uint64_t number = run_number(step, streams_);
  const int64_t tries = sampling::draw_candidates(distribution, streams_.of_run(number, sizes.num_sampled),
                                                  sizes.num_sampled, true, workspace, sample.candidates);
  check_tries(kNceLoss, distribution, sizes.num_sampled, tries);
  const int64_t labels_count = sizes.batch * attributes_.num_true;
  expected_counts(distribution, run.labels(), labels_count, sizes.num_sampled, tries, sample.true_count);
  expected_counts(distribution, sample.candidates, sizes.num_sampled, sizes.num_sampled, tries, sample.sampled_count);
  for (int64_t at = 0; at < labels_count; ++at) {
    if (run.ignored(run.labels()[at])) sample.true_count[at] = 0;
  }
}

void NceLossKernel::compute(RunContext& context) {
  const RunInputs inputs(context);
  NceRun run(kNceLoss, attributes_, inputs.all());
  const NceLossSizes& sizes = run.sizes();
  const std::optional<uint64_t> step = read_step(kNceLoss, inputs[NceLossInput::kStep]);

  Workspace& workspace = run.workspace();
  const size_t losses_at = workspace.reserve<double>(sizes.batch);
  const size_t set_at = workspace.reserve_bytes(
      sizes.own_sample ? sampling::draw_workspace(sizes.num_classes, sizes.num_sampled, true) : 0);
  size_t forward_bytes = 0;
  if (!kernels::nce_forward_workspace(run.shape(), &forward_bytes)) forward_bytes = SIZE_MAX;
  const size_t forward_at = workspace.reserve_bytes(forward_bytes);
  run.allocate(context, memory_.get());

  const bool per_example = attributes_.reduction == kernels::Reduction::kNone;
  float* const loss =
      context.output<float>(0, per_example ? std::vector<int64_t>{sizes.batch} : std::vector<int64_t>{});
  int64_t* const candidates_out = context.output<int64_t>(1, {sizes.num_sampled});
  float* const true_count_out = context.output<float>(2, {sizes.batch, attributes_.num_true});
  float* const sampled_count_out = context.output<float>(3, {sizes.num_sampled});

  if (sizes.own_sample) draw_sample(step, run, workspace.at<void>(set_at));
  double* const example_losses = workspace.at<double>(losses_at);
  kernels::nce_forward(run.problem(context), workspace.at<void>(forward_at), context, example_losses);
  kernels::reduce_losses(example_losses, sizes.batch, run.counted_examples(), attributes_.reduction, loss);

  const NceSample sample = run.sample();
  if (candidates_out != nullptr) std::copy_n(sample.candidates, sizes.num_sampled, candidates_out);
  if (true_count_out != nullptr) std::copy_n(sample.true_count, sizes.batch * attributes_.num_true, true_count_out);
  if (sampled_count_out != nullptr) std::copy_n(sample.sampled_count, sizes.num_sampled, sampled_count_out);
}

}  // namespace ortnce::ops
