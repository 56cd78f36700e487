#include "ops/custom_op.h"
#include "ops/ops.h"
#include "ops/sampler_kernels.h"

namespace ortnce::ops {
namespace {

constexpr auto kRequired = INPUT_OUTPUT_REQUIRED, kOptional = INPUT_OUTPUT_OPTIONAL;
constexpr auto kFloat = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kInt64 = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;

/// sampled_candidates, true_expected_count, sampled_expected_count.
std::vector<OutputSpec> sampled_values() { return {{kInt64, kRequired}, {kFloat, kRequired}, {kFloat, kRequired}}; }

/// The same and the counts.
std::vector<OutputSpec> learned_values() {
  std::vector<OutputSpec> outputs = sampled_values();
  outputs.push_back({kInt64, kOptional});
  return outputs;
}

}  // namespace

std::vector<const OrtCustomOp*> candidate_sampler_ops() {
  static const CustomOp<RangeSamplerKernel<sampling::Uniform>> uniform(
      {"UniformCandidateSampler", {kRequired, kOptional}, sampled_values()});
  static const CustomOp<RangeSamplerKernel<sampling::LogUniform>> log_uniform(
      {"LogUniformCandidateSampler", {kRequired, kOptional}, sampled_values()});
  static const CustomOp<FixedUnigramKernel> fixed_unigram(
      {"FixedUnigramCandidateSampler", {kRequired, kOptional, kOptional}, sampled_values()});
  static const CustomOp<LearnedUnigramKernel> learned_unigram(
      {"LearnedUnigramCandidateSampler", {kRequired, kOptional}, learned_values()});
  static const CustomOp<AllCandidateKernel> all({"AllCandidateSampler", {kRequired, kOptional}, sampled_values()});
  return {&uniform, &log_uniform, &fixed_unigram, &learned_unigram, &all};
}

}  // namespace ortnce::ops
