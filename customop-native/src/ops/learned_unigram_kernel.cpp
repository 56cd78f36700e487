#include <algorithm>
#include <new>

#include "ops/message.h"
#include "ops/sampler_kernels.h"

namespace ortnce::ops {
namespace {

constexpr size_t kInitialCounts = 1;
constexpr size_t kCountsOutput = 3;

}  // namespace

LearnedUnigramKernel::LearnedUnigramKernel(const OrtKernelInfo* info)
    : SamplerKernel("LearnedUnigramCandidateSampler", info, true) {
  const int64_t range_max = attributes_.range_max;
  if (range_max >= sampling::LearnedUnigram::kMaxTotal) {
    invalid(format("%s: attribute range_max must be less than %lld, got %lld", op_,
                   printable(sampling::LearnedUnigram::kMaxTotal), printable(range_max)));
  }
  const std::vector<TensorSpec> declared = declared_inputs(info);
  check_declared(declared, declared.size());
  if (kInitialCounts < declared.size()) {
    expect_type(op_, declared[kInitialCounts], "initial_counts", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64);
    expect_shape(op_, declared[kInitialCounts], "initial_counts", "[range_max]", {range_max});
  }
  try {
    distribution_ = std::make_unique<sampling::LearnedUnigram>(range_max);
  } catch (const std::bad_alloc&) {
    throw Error(ORT_FAIL, format("%s: no memory for %lld bytes of counts: range_max = %lld", op_,
                                 printable(range_max * 8), printable(range_max)));
  }
}

/// A checked copy, so that a concurrent writer cannot slip in between the checks and the use.
std::vector<int64_t> LearnedUnigramKernel::read_initial_counts(const InputTensor& input) const {
  expect_type(op_, input.spec, "initial_counts", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64);
  expect_shape(op_, input.spec, "initial_counts", "[range_max]", {attributes_.range_max});
  std::vector<int64_t> counts(input.as<int64_t>(), input.as<int64_t>() + attributes_.range_max);
  int64_t rest = sampling::LearnedUnigram::kMaxTotal;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] < 1) invalid(format("%s: initial_counts[%zu] must be >= 1, got %lld", op_, i, printable(counts[i])));
    if (counts[i] > rest) {
      invalid(format("%s: initial_counts must be counts with a sum of at most %lld, got more with initial_counts[%zu] = "
                     "%lld",
                     op_, printable(sampling::LearnedUnigram::kMaxTotal), i, printable(counts[i])));
    }
    rest -= counts[i];
  }
  return counts;
}

void LearnedUnigramKernel::compute(RunContext& context) {
  const RunInputs inputs(context);
  const std::lock_guard<std::mutex> lock(mutex_);
  const InputTensor& initial = inputs[kInitialCounts];
  const bool restores = !started_ && initial.spec.present;
  const std::vector<int64_t> initial_counts = restores ? read_initial_counts(initial) : std::vector<int64_t>{};
  const SamplerRun run = start(context, inputs, InputTensor{});
  int64_t* const counts_out = context.output<int64_t>(kCountsOutput, {attributes_.range_max});
  if (restores) distribution_->restore(initial_counts.data());
  started_ = true;
  sample(context, *distribution_, run);
  distribution_->learn(run.labels.data(), static_cast<int64_t>(run.labels.size()));
  if (counts_out != nullptr) {
    std::copy(distribution_->counts().begin(), distribution_->counts().end(), counts_out);
  }
}

}  // namespace ortnce::ops
