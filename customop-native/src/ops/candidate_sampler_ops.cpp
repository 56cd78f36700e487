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

std::vector<OpOfRuntime> candidate_sampler_ops(const OrtApi& runtime_api) {
  return {
      op_of_runtime<RangeSamplerKernel<sampling::Uniform>>(
          runtime_api, {"UniformCandidateSampler", {kRequired, kOptional}, sampled_values()}),
      op_of_runtime<RangeSamplerKernel<sampling::LogUniform>>(
          runtime_api, {"LogUniformCandidateSampler", {kRequired, kOptional}, sampled_values()}),
      op_of_runtime<FixedUnigramKernel>(
          runtime_api, {"FixedUnigramCandidateSampler", {kRequired, kOptional, kOptional}, sampled_values()}),
      op_of_runtime<LearnedUnigramKernel>(
          runtime_api, {"LearnedUnigramCandidateSampler", {kRequired, kOptional}, learned_values()}),
      op_of_runtime<AllCandidateKernel>(
          runtime_api, {"AllCandidateSampler", {kRequired, kOptional}, sampled_values()}),
  };
}

}  // namespace ortnce::ops
