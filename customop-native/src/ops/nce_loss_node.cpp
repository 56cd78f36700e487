#include "ops/nce_loss_node.h"

#include "ops/draw_limits.h"
#include "ops/step.h"
#include "sampling/candidates.h"
#include "sampling/log_uniform.h"

namespace ortnce::ops {

NceLossNode::NceLossNode(const OrtKernelInfo* info)
    : attributes_(kNceLoss, Attributes(kNceLoss, info)), streams_(attributes_.seed, attributes_.seed2) {
  const std::vector<TensorSpec> declared = declared_inputs(info);
  const NceLossSizes sizes = check_nce_loss(kNceLoss, attributes_, pointers(declared));
  const bool known = sizes.own_sample && sizes.num_classes > 0;
  if (known && sizes.num_sampled >= kLargeSample) {
    check_reach(kNceLoss, sampling::LogUniform(sizes.num_classes), sizes.num_sampled);
  }
}

size_t NceLossNode::draw_bytes(const NceLossSizes& sizes) const {
  return sizes.own_sample ? sampling::draw_workspace(sizes.num_classes, sizes.num_sampled, true) : 0;
}

void NceLossNode::draw(std::optional<uint64_t> step, const NceBatch& batch, void* workspace) {
  const NceLossSizes& sizes = batch.sizes();
  if (!sizes.own_sample) return;
  const NceSample sample = batch.sample();
  const sampling::LogUniform distribution(sizes.num_classes);
  if (sizes.num_sampled >= kLargeSample) check_reach(kNceLoss, distribution, sizes.num_sampled);
  const uint64_t number = run_number(step, streams_);
  const int64_t tries = sampling::draw_candidates(distribution, streams_.of_run(number, sizes.num_sampled),
                                                  sizes.num_sampled, true, workspace, sample.candidates);
  check_tries(kNceLoss, distribution, sizes.num_sampled, tries);
  const int64_t labels_count = batch.labels_count();
  expected_counts(distribution, batch.labels(), labels_count, sizes.num_sampled, tries, sample.true_count);
  expected_counts(distribution, sample.candidates, sizes.num_sampled, sizes.num_sampled, tries, sample.sampled_count);
  for (int64_t at = 0; at < labels_count; ++at) {
    if (batch.labels()[at] == kernels::kIgnoredLabel) sample.true_count[at] = 0;
  }
}

NceLossOutputs::NceLossOutputs(const RunContext& context, const NceBatch& batch) {
  const NceLossSizes& sizes = batch.sizes();
  loss = context.output<float>(kLoss, loss_dims(batch.attributes().reduction, sizes.batch));
  candidates = context.output<int64_t>(kSampledCandidates, {sizes.num_sampled});
  true_count = context.output<float>(kTrueExpectedCount, {sizes.batch, batch.attributes().num_true});
  sampled_count = context.output<float>(kSampledExpectedCount, {sizes.num_sampled});
}

}  // namespace ortnce::ops
