#include "ops/nce_run.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "kernels/expected_counts.h"
#include "ops/labels.h"
#include "ops/message.h"
#include "ops/output_layer.h"

namespace ortnce::ops {
namespace {

using Index = NceLossInput;

bool is_count(float count) { return std::isfinite(count) && count > 0; }

[[noreturn]] void bad_count(const char* op, const char* name, const std::string& index, float count) {
  invalid(format("%s: %s[%s] = %g must be finite and > 0", op, name, index.c_str(), static_cast<double>(count)));
}

std::vector<const TensorSpec*> specs_of(const std::vector<InputTensor>& inputs) {
  std::vector<const TensorSpec*> result;
  for (const InputTensor& input : inputs) result.push_back(&input.spec);
  return result;
}

}  // namespace

NceRun::NceRun(const char* op, const NceLossAttributes& attributes, std::vector<InputTensor> inputs)
    : op_(op),
      attributes_(attributes),
      inputs_(std::move(inputs)),
      sizes_(check_nce_loss(op, attributes, specs_of(inputs_))),
      activations_(inputs_[Index::kInputs], sizes_.batch, sizes_.dim, workspace_) {
  labels_ = workspace_.reserve<int64_t>(labels_count());
  true_rows_ = workspace_.reserve<const void*>(labels_count());
  true_offsets_ = workspace_.reserve<float>(labels_count());
  sampled_rows_ = workspace_.reserve<const void*>(sizes_.num_sampled);
  sampled_offsets_ = workspace_.reserve<float>(sizes_.num_sampled);
  hits_ =
      workspace_.reserve<kernels::CandidateIndex::Entry>(attributes.remove_accidental_hits ? sizes_.num_sampled : 0);
  candidates_ = workspace_.reserve<int64_t>(sizes_.num_sampled);
  true_count_ = workspace_.reserve<float>(labels_count());
  sampled_count_ = workspace_.reserve<float>(sizes_.num_sampled);
}

kernels::NceProblem NceRun::shape() const {
  kernels::NceProblem shape;
  shape.batch = sizes_.batch;
  shape.num_true = attributes_.num_true;
  shape.num_sampled = sizes_.num_sampled;
  shape.dim = sizes_.dim;
  return shape;
}

void NceRun::allocate(const RunContext& context, const OrtMemoryInfo* memory) {
  workspace_.allocate(context, memory, op_);
  counted_examples_ = read_labels(op_, inputs_[Index::kLabels], sizes_.batch, attributes_, sizes_.num_classes,
                                  workspace_.at<int64_t>(labels_));
  if (!sizes_.own_sample) read_sample();
}

NceSample NceRun::sample() const {
  return {workspace_.at<int64_t>(candidates_), workspace_.at<float>(true_count_), workspace_.at<float>(sampled_count_)};
}

void NceRun::read_sample() const {
  const NceSample sample = this->sample();
  const int64_t* const labels = this->labels();
  std::copy_n(inputs_[Index::kSampledCandidates].as<int64_t>(), sizes_.num_sampled, sample.candidates);
  std::copy_n(inputs_[Index::kTrueExpectedCount].as<float>(), labels_count(), sample.true_count);
  std::copy_n(inputs_[Index::kSampledExpectedCount].as<float>(), sizes_.num_sampled, sample.sampled_count);
  for (int64_t k = 0; k < sizes_.num_sampled; ++k) {
    if (sample.candidates[k] < 0 || sample.candidates[k] >= sizes_.num_classes) {
      invalid(format("%s: sampled_candidates[%lld] = %lld is outside [0, %lld)", op_, printable(k),
                     printable(sample.candidates[k]), printable(sizes_.num_classes)));
    }
  }
  if (!attributes_.subtract_log_q) return;  // the counts take no part
  for (int64_t at = 0; at < labels_count(); ++at) {
    if (is_count(sample.true_count[at]) || ignored(labels[at])) continue;
    bad_count(op_, "true_expected_count",
              std::to_string(at / attributes_.num_true) + "," + std::to_string(at % attributes_.num_true),
              sample.true_count[at]);
  }
  for (int64_t k = 0; k < sizes_.num_sampled; ++k) {
    if (is_count(sample.sampled_count[k])) continue;
    bad_count(op_, "sampled_expected_count", std::to_string(k), sample.sampled_count[k]);
  }
}

const kernels::NceProblem& NceRun::problem(kernels::Executor& executor) {
  problem_ = shape();
  problem_.inputs = activations_.floats(workspace_, executor);
  problem_.bfloat16_inputs = activations_.bfloat16();
  const int64_t* const labels = this->labels();
  problem_.labels = labels;
  const NceSample sample = this->sample();
  const kernels::ClassTable table =
      class_table(inputs_, Index::kWeights, attributes_.partition_strategy, sizes_.dim, inputs_[Index::kBiases]);
  const void** const true_rows = workspace_.at<const void*>(true_rows_);
  float* const true_offsets = workspace_.at<float>(true_offsets_);
  for (int64_t at = 0; at < labels_count(); ++at) {
    const bool counted = !ignored(labels[at]);
    true_rows[at] = counted ? table.row(labels[at]) : nullptr;
    true_offsets[at] = counted ? table.bias(labels[at]) : 0.0f;
  }
  const void** const sampled_rows = workspace_.at<const void*>(sampled_rows_);
  float* const sampled_offsets = workspace_.at<float>(sampled_offsets_);
  for (int64_t k = 0; k < sizes_.num_sampled; ++k) {
    sampled_rows[k] = table.row(sample.candidates[k]);
    sampled_offsets[k] = table.bias(sample.candidates[k]);
  }
  if (attributes_.subtract_log_q) {
    kernels::subtract_logs(sample.true_count, labels_count(), true_offsets);
    kernels::subtract_logs(sample.sampled_count, sizes_.num_sampled, sampled_offsets);
  }
  problem_.row_type = table.type();
  problem_.true_rows = true_rows;
  problem_.true_offsets = true_offsets;
  problem_.sampled_rows = sampled_rows;
  problem_.sampled_offsets = sampled_offsets;

  if (attributes_.remove_accidental_hits) {
    index_.emplace(sample.candidates, sizes_.num_sampled, workspace_.at<kernels::CandidateIndex::Entry>(hits_));
    problem_.hits = &*index_;
  }
  return problem_;
}

}  // namespace ortnce::ops
