#include "ops/nce_loss_kernel.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "kernels/candidate_index.h"
#include "kernels/nce_forward.h"
#include "kernels/reduction.h"
#include "ops/draw_limits.h"
#include "ops/message.h"
#include "ops/step.h"
#include "sampling/candidates.h"
#include "sampling/log_uniform.h"

namespace ortnce::ops {
namespace {

using Index = NceLossInput;

void check_count(const char* name, const std::string& index, float count) {
  if (std::isfinite(count) && count > 0) return;
  invalid(format("%s: %s[%s] = %g must be finite and > 0", kNceLoss, name, index.c_str(), static_cast<double>(count)));
}

}  // namespace

/// The candidates of one run and how often they and the labels were expected.
struct NceLossKernel::Sample {
  int64_t* candidates;   // [S]
  float* true_count;     // [B, T]
  float* sampled_count;  // [S]
};

/// Where the scratch arrays of one run lie.
struct NceLossKernel::Scratch {
  Workspace workspace;
  size_t labels, true_rows, true_offsets, sampled_rows, sampled_offsets, hits, id_set, example_losses, forward;
  size_t candidates, true_count, sampled_count;

  Scratch(const NceLossSizes& sizes, int64_t num_true, bool mask_hits) {
    // labels exists with this shape, so the product does not overflow
    const int64_t labels_count = sizes.batch * num_true;
    labels = workspace.reserve<int64_t>(labels_count);
    true_rows = workspace.reserve<const float*>(labels_count);
    true_offsets = workspace.reserve<float>(labels_count);
    sampled_rows = workspace.reserve<const float*>(sizes.num_sampled);
    sampled_offsets = workspace.reserve<float>(sizes.num_sampled);
    hits = workspace.reserve<kernels::CandidateIndex::Entry>(mask_hits ? sizes.num_sampled : 0);
    const size_t set_bytes =
        sizes.own_sample ? sampling::draw_workspace(sizes.num_classes, sizes.num_sampled, true) : 0;
    id_set = workspace.reserve<unsigned char>(static_cast<int64_t>(set_bytes));
    example_losses = workspace.reserve<double>(sizes.batch);
    candidates = workspace.reserve<int64_t>(sizes.num_sampled);
    true_count = workspace.reserve<float>(labels_count);
    sampled_count = workspace.reserve<float>(sizes.num_sampled);

    kernels::NceProblem shape;
    shape.batch = sizes.batch;
    shape.num_true = num_true;
    shape.num_sampled = sizes.num_sampled;
    shape.dim = sizes.dim;
    size_t forward_bytes = 0;
    const bool fits = kernels::nce_forward_workspace(shape, &forward_bytes) && forward_bytes <= INT64_MAX;
    forward = workspace.reserve<unsigned char>(fits ? static_cast<int64_t>(forward_bytes) : -1);
  }
};

NceLossKernel::NceLossKernel(const OrtKernelInfo* info)
    : attributes_(Attributes(kNceLoss, info)), memory_(cpu_memory()), streams_(attributes_.seed, attributes_.seed2) {
  const std::vector<TensorSpec> declared = declared_inputs(info);
  const NceLossSizes sizes = check_nce_loss(attributes_, pointers(declared));
  const bool known = sizes.own_sample && sizes.num_classes > 0;
  if (known && sizes.num_sampled >= kLargeSample) {
    check_reach(kNceLoss, sampling::LogUniform(sizes.num_classes), sizes.num_sampled);
  }
}

kernels::ClassTable NceLossKernel::class_table(const RunInputs& inputs, const NceLossSizes& sizes) const {
  std::vector<int64_t> rows;
  std::vector<const float*> partitions;
  for (size_t i = Index::kWeights; i < inputs.size(); ++i) {
    rows.push_back(inputs[i].spec.dim(0));
    partitions.push_back(inputs[i].as<float>());
  }
  return kernels::ClassTable(kernels::ClassRows(attributes_.partition_strategy, std::move(rows)), std::move(partitions),
                             sizes.dim, inputs[Index::kBiases].as<float>());
}

/// Copies the labels as int64 and checks the copy, which is what the run uses. Returns the number
/// of examples with a counted label.
int64_t NceLossKernel::check_labels(const RunInputs& inputs, const NceLossSizes& sizes, int64_t* labels) const {
  const InputTensor& input = inputs[Index::kLabels];
  const int64_t count = sizes.batch * attributes_.num_true;
  if (input.spec.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64) {
    if (count > 0) std::memcpy(labels, input.data, static_cast<size_t>(count) * sizeof(int64_t));
  } else {
    std::copy_n(input.as<int32_t>(), count, labels);
  }
  int64_t counted_examples = 0;
  for (int64_t i = 0; i < sizes.batch; ++i) {
    bool counted = false;
    for (int64_t j = 0; j < attributes_.num_true; ++j) {
      const int64_t label = labels[i * attributes_.num_true + j];
      if (ignored(label)) continue;
      counted = true;
      if (label < 0 || label >= sizes.num_classes) {
        invalid(format("%s: labels[%lld,%lld] = %lld is outside [0, %lld)", kNceLoss, printable(i), printable(j),
                       printable(label), printable(sizes.num_classes)));
      }
    }
    counted_examples += counted;
  }
  return counted_examples;
}

/// Copies given candidates and counts, and checks the copies.
void NceLossKernel::check_sample(const RunInputs& inputs, const NceLossSizes& sizes, const Sample& sample,
                                 const int64_t* labels) const {
  const int64_t labels_count = sizes.batch * attributes_.num_true;
  std::copy_n(inputs[Index::kSampledCandidates].as<int64_t>(), sizes.num_sampled, sample.candidates);
  std::copy_n(inputs[Index::kTrueExpectedCount].as<float>(), labels_count, sample.true_count);
  std::copy_n(inputs[Index::kSampledExpectedCount].as<float>(), sizes.num_sampled, sample.sampled_count);
  for (int64_t k = 0; k < sizes.num_sampled; ++k) {
    if (sample.candidates[k] < 0 || sample.candidates[k] >= sizes.num_classes) {
      invalid(format("%s: sampled_candidates[%lld] = %lld is outside [0, %lld)", kNceLoss, printable(k),
                     printable(sample.candidates[k]), printable(sizes.num_classes)));
    }
  }
  if (!attributes_.subtract_log_q) return;  // the counts take no part
  for (int64_t at = 0; at < labels_count; ++at) {
    if (ignored(labels[at])) continue;
    check_count("true_expected_count",
                std::to_string(at / attributes_.num_true) + "," + std::to_string(at % attributes_.num_true),
                sample.true_count[at]);
  }
  for (int64_t k = 0; k < sizes.num_sampled; ++k) {
    check_count("sampled_expected_count", std::to_string(k), sample.sampled_count[k]);
  }
}

void NceLossKernel::draw_sample(std::optional<uint64_t> step, const NceLossSizes& sizes, const int64_t* labels,
                                void* workspace, const Sample& sample) {
  const sampling::LogUniform distribution(sizes.num_classes);
  if (sizes.num_sampled >= kLargeSample) check_reach(kNceLoss, distribution, sizes.num_sampled);
  const uint64_t run = run_number(step, streams_);
  const int64_t tries = sampling::draw_candidates(distribution, streams_.of_run(run, sizes.num_sampled),
                                                  sizes.num_sampled, true, workspace, sample.candidates);
  check_tries(kNceLoss, distribution, sizes.num_sampled, tries);
  const int64_t labels_count = sizes.batch * attributes_.num_true;
  expected_counts(distribution, labels, labels_count, sizes.num_sampled, tries, sample.true_count);
  expected_counts(distribution, sample.candidates, sizes.num_sampled, sizes.num_sampled, tries, sample.sampled_count);
  for (int64_t at = 0; at < labels_count; ++at) {
    if (ignored(labels[at])) sample.true_count[at] = 0;
  }
}

void NceLossKernel::compute(RunContext& context) {
  const RunInputs inputs(context);
  const NceLossSizes sizes = check_nce_loss(attributes_, inputs.specs());
  const std::optional<uint64_t> step = read_step(kNceLoss, inputs[Index::kStep]);
  const int64_t num_true = attributes_.num_true;

  Scratch scratch(sizes, num_true, attributes_.remove_accidental_hits);
  Workspace& workspace = scratch.workspace;
  workspace.allocate(context, memory_.get(), kNceLoss);
  int64_t* const labels = workspace.at<int64_t>(scratch.labels);
  const Sample sample{workspace.at<int64_t>(scratch.candidates), workspace.at<float>(scratch.true_count),
                      workspace.at<float>(scratch.sampled_count)};
  const int64_t counted_examples = check_labels(inputs, sizes, labels);
  if (!sizes.own_sample) check_sample(inputs, sizes, sample, labels);

  const bool per_example = attributes_.reduction == kernels::Reduction::kNone;
  float* const loss =
      context.output<float>(0, per_example ? std::vector<int64_t>{sizes.batch} : std::vector<int64_t>{});
  int64_t* const candidates_out = context.output<int64_t>(1, {sizes.num_sampled});
  float* const true_count_out = context.output<float>(2, {sizes.batch, num_true});
  float* const sampled_count_out = context.output<float>(3, {sizes.num_sampled});

  if (sizes.own_sample) {
    draw_sample(step, sizes, labels, workspace.at<void>(scratch.id_set), sample);
  }

  kernels::NceProblem problem;
  problem.batch = sizes.batch;
  problem.num_true = num_true;
  problem.num_sampled = sizes.num_sampled;
  problem.dim = sizes.dim;
  problem.inputs = inputs[Index::kInputs].as<float>();
  problem.labels = labels;

  const kernels::ClassTable table = class_table(inputs, sizes);
  const auto offset = [&](int64_t id, float count) {
    return attributes_.subtract_log_q ? table.offset(id, count) : table.bias(id);
  };
  const float** const true_rows = workspace.at<const float*>(scratch.true_rows);
  float* const true_offsets = workspace.at<float>(scratch.true_offsets);
  for (int64_t at = 0; at < sizes.batch * num_true; ++at) {
    const bool counted = !ignored(labels[at]);
    true_rows[at] = counted ? table.row(labels[at]) : nullptr;
    true_offsets[at] = counted ? offset(labels[at], sample.true_count[at]) : 0.0f;
  }
  const float** const sampled_rows = workspace.at<const float*>(scratch.sampled_rows);
  float* const sampled_offsets = workspace.at<float>(scratch.sampled_offsets);
  for (int64_t k = 0; k < sizes.num_sampled; ++k) {
    sampled_rows[k] = table.row(sample.candidates[k]);
    sampled_offsets[k] = offset(sample.candidates[k], sample.sampled_count[k]);
  }
  problem.true_rows = true_rows;
  problem.true_offsets = true_offsets;
  problem.sampled_rows = sampled_rows;
  problem.sampled_offsets = sampled_offsets;

  std::optional<kernels::CandidateIndex> hits;
  if (attributes_.remove_accidental_hits) {
    hits.emplace(sample.candidates, sizes.num_sampled, workspace.at<kernels::CandidateIndex::Entry>(scratch.hits));
    problem.hits = &*hits;
  }

  double* const example_losses = workspace.at<double>(scratch.example_losses);
  kernels::nce_forward(problem, workspace.at<void>(scratch.forward), context, example_losses);
  kernels::reduce_losses(example_losses, sizes.batch, counted_examples, attributes_.reduction, loss);

  if (candidates_out != nullptr) std::copy_n(sample.candidates, sizes.num_sampled, candidates_out);
  if (true_count_out != nullptr) std::copy_n(sample.true_count, sizes.batch * num_true, true_count_out);
  if (sampled_count_out != nullptr) std::copy_n(sample.sampled_count, sizes.num_sampled, sampled_count_out);
}

}  // namespace ortnce::ops
