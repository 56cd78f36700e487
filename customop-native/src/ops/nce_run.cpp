#include "ops/nce_run.h"

#include <utility>

#include "kernels/expected_counts.h"
#include "ops/output_layer.h"

namespace ortnce::ops {

using Index = NceLossInput;

NceRun::NceRun(const char* op, const NceLossAttributes& attributes, std::vector<InputTensor> inputs)
    : batch_(op, attributes, std::move(inputs), workspace_),
      activations_(batch_.inputs()[Index::kInputs], batch_.sizes().batch, batch_.sizes().dim, workspace_) {
  const int64_t num_sampled = batch_.sizes().num_sampled;
  true_rows_ = workspace_.reserve<const void*>(batch_.labels_count());
  true_offsets_ = workspace_.reserve<float>(batch_.labels_count());
  sampled_rows_ = workspace_.reserve<const void*>(num_sampled);
  sampled_offsets_ = workspace_.reserve<float>(num_sampled);
  hits_ = workspace_.reserve<kernels::CandidateIndex::Entry>(attributes.remove_accidental_hits ? num_sampled : 0);
}

kernels::NceProblem NceRun::shape() const {
  kernels::NceProblem shape;
  shape.batch = batch_.sizes().batch;
  shape.num_true = batch_.attributes().num_true;
  shape.num_sampled = batch_.sizes().num_sampled;
  shape.dim = batch_.sizes().dim;
  return shape;
}

void NceRun::allocate(const RunContext& context, const OrtMemoryInfo* memory) {
  workspace_.allocate(context, memory, batch_.op());
  batch_.read();
}

const kernels::NceProblem& NceRun::problem(kernels::Executor& executor) {
  problem_ = shape();
  problem_.inputs = activations_.floats(workspace_, executor);
  problem_.bfloat16_inputs = activations_.bfloat16();
  const NceLossAttributes& attributes = batch_.attributes();
  const NceLossSizes& sizes = batch_.sizes();
  const int64_t* const labels = batch_.labels();
  problem_.labels = labels;
  const NceSample sample = batch_.sample();
  const kernels::ClassTable table = class_table(batch_.inputs(), Index::kWeights, attributes.partition_strategy,
                                                sizes.dim, batch_.inputs()[Index::kBiases]);
  const void** const true_rows = workspace_.at<const void*>(true_rows_);
  float* const true_offsets = workspace_.at<float>(true_offsets_);
  for (int64_t at = 0; at < batch_.labels_count(); ++at) {
    const bool counted = labels[at] != kernels::kIgnoredLabel;
    true_rows[at] = counted ? table.row(labels[at]) : nullptr;
    true_offsets[at] = counted ? table.bias(labels[at]) : 0.0f;
  }
  const void** const sampled_rows = workspace_.at<const void*>(sampled_rows_);
  float* const sampled_offsets = workspace_.at<float>(sampled_offsets_);
  for (int64_t k = 0; k < sizes.num_sampled; ++k) {
    sampled_rows[k] = table.row(sample.candidates[k]);
    sampled_offsets[k] = table.bias(sample.candidates[k]);
  }
  if (attributes.subtract_log_q) {
    kernels::subtract_logs(sample.true_count, batch_.labels_count(), true_offsets);
    kernels::subtract_logs(sample.sampled_count, sizes.num_sampled, sampled_offsets);
  }
  problem_.row_type = table.type();
  problem_.true_rows = true_rows;
  problem_.true_offsets = true_offsets;
  problem_.sampled_rows = sampled_rows;
  problem_.sampled_offsets = sampled_offsets;

  if (attributes.remove_accidental_hits) {
    index_.emplace(sample.candidates, sizes.num_sampled, workspace_.at<kernels::CandidateIndex::Entry>(hits_));
    problem_.hits = &*index_;
  }
  return problem_;
}

}  // namespace ortnce::ops
