// What all samplers do, and the samplers that need no more: uniform, log-uniform, all classes.
#include <algorithm>

#include "ops/draw_limits.h"
#include "ops/message.h"
#include "ops/sampler_kernels.h"
#include "ops/step.h"
#include "sampling/candidates.h"

namespace ortnce::ops {
namespace {

constexpr size_t kTrueClasses = 0, kStep = 1;

template <class Distribution>
constexpr const char* kOpOf = nullptr;
template <>
constexpr const char* kOpOf<sampling::Uniform> = "UniformCandidateSampler";
template <>
constexpr const char* kOpOf<sampling::LogUniform> = "LogUniformCandidateSampler";

}  // namespace

SamplerKernel::SamplerKernel(const char* op, const OrtKernelInfo* info, bool has_range_max)
    : op_(op),
      attributes_(op, Attributes(op, info), has_range_max),
      memory_(cpu_memory()),
      streams_(attributes_.seed, attributes_.seed2) {}

void SamplerKernel::check_declared(const std::vector<TensorSpec>& declared, size_t step_index) const {
  check_true_classes(op_, declared.empty() ? TensorSpec{} : declared[kTrueClasses], attributes_.num_true);
  if (step_index < declared.size()) check_step(op_, declared[step_index]);
}

SamplerRun SamplerKernel::start(const RunContext& context, const RunInputs& inputs, const InputTensor& step) const {
  const InputTensor& true_classes = inputs[kTrueClasses];
  check_true_classes(op_, true_classes.spec, attributes_.num_true);
  check_step(op_, step.spec);
  SamplerRun run{};
  run.step = read_step(op_, step);
  run.batch = true_classes.spec.dim(0);
  run.labels.resize(static_cast<size_t>(elements(op_, true_classes.spec.dims)));
  copy_true_classes(op_, true_classes, attributes_.num_true, attributes_.range_max, run.labels.data());
  run.candidates = context.output<int64_t>(0, {attributes_.num_sampled});
  run.true_count = context.output<float>(1, {run.batch, attributes_.num_true});
  run.sampled_count = context.output<float>(2, {attributes_.num_sampled});
  return run;
}

void SamplerKernel::sample(const RunContext& context, const sampling::Distribution& distribution,
                           const SamplerRun& out) {
  const int64_t num_sampled = attributes_.num_sampled;
  Workspace workspace;
  const size_t set = workspace.reserve<unsigned char>(
      static_cast<int64_t>(sampling::draw_workspace(distribution.range_max(), num_sampled, attributes_.unique)));
  workspace.allocate(context, memory_.get(), op_);
  const uint64_t run = run_number(out.step, streams_);  // taken last: nothing but the draw can fail now
  const int64_t tries = sampling::draw_candidates(distribution, streams_.of_run(run, num_sampled), num_sampled,
                                                  attributes_.unique, workspace.at<void>(set), out.candidates);
  check_tries(op_, distribution, num_sampled, tries);
  sampling::expected_counts(distribution, out.labels.data(), static_cast<int64_t>(out.labels.size()), num_sampled,
                            tries, out.true_count);
  sampling::expected_counts(distribution, out.candidates, num_sampled, num_sampled, tries, out.sampled_count);
}

template <class Distribution>
RangeSamplerKernel<Distribution>::RangeSamplerKernel(const OrtKernelInfo* info)
    : SamplerKernel(kOpOf<Distribution>, info, true), distribution_(attributes_.range_max) {
  check_declared(declared_inputs(info), kStep);
  if (attributes_.unique && attributes_.num_sampled >= kLargeSample) {
    check_reach(op_, distribution_, attributes_.num_sampled);
  }
}

template <class Distribution>
void RangeSamplerKernel<Distribution>::compute(RunContext& context) {
  const RunInputs inputs(context);
  const SamplerRun run = start(context, inputs, inputs[kStep]);
  sample(context, distribution_, run);
}

template class RangeSamplerKernel<sampling::Uniform>;
template class RangeSamplerKernel<sampling::LogUniform>;

AllCandidateKernel::AllCandidateKernel(const OrtKernelInfo* info) : SamplerKernel("AllCandidateSampler", info, false) {
  check_declared(declared_inputs(info), kStep);
}

void AllCandidateKernel::compute(RunContext& context) {
  const RunInputs inputs(context);
  const SamplerRun run = start(context, inputs, inputs[kStep]);
  for (int64_t k = 0; k < attributes_.num_sampled; ++k) {
    run.candidates[k] = k;
    run.sampled_count[k] = 1;
  }
  std::fill(run.true_count, run.true_count + run.labels.size(), 1.0f);
}

}  // namespace ortnce::ops
