// The kernel objects of the candidate samplers.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "ops/run_context.h"
#include "ops/sampler_contract.h"
#include "sampling/distribution.h"
#include "sampling/fixed_unigram.h"
#include "sampling/learned_unigram.h"
#include "sampling/log_uniform.h"
#include "sampling/run_streams.h"
#include "sampling/uniform.h"

namespace ortnce::ops {

/// One run of a sampler whose input has passed its checks.
struct SamplerRun {
  int64_t batch;
  std::optional<uint64_t> step;
  std::vector<int64_t> labels;  // [batch, num_true], checked
  int64_t* candidates;          // [num_sampled]
  float* true_count;            // [batch, num_true]
  float* sampled_count;         // [num_sampled]
};

/// What all samplers do; a run that fails a check leaves the stream untouched.
class SamplerKernel {
 protected:
  SamplerKernel(const char* op, const OrtKernelInfo* info, bool has_range_max);

  /// Checks the declared input and, at `step_index`, the declared step.
  void check_declared(const std::vector<TensorSpec>& declared, size_t step_index) const;

  /// Checks the inputs, `step` included, and obtains the outputs.
  SamplerRun start(const RunContext& context, const RunInputs& inputs, const InputTensor& step) const;

  /// Draws from `distribution` the run that `out` names, or the next one, and fills the outputs.
  void sample(const RunContext& context, const sampling::Distribution& distribution, const SamplerRun& out);

  const char* op_;
  SamplerAttributes attributes_;
  MemoryInfo memory_;
  sampling::RunStreams streams_;
};

/// A sampler whose distribution follows from range_max alone: Uniform, LogUniform.
template <class Distribution>
class RangeSamplerKernel : SamplerKernel {
 public:
  explicit RangeSamplerKernel(const OrtKernelInfo* info);
  void compute(RunContext& context);

 private:
  Distribution distribution_;
};

/// Builds the table of a constant input once, at creation, as the op's description says; that of
/// another input when its values change.
class FixedUnigramKernel : SamplerKernel {
 public:
  explicit FixedUnigramKernel(const OrtKernelInfo* info);
  void compute(RunContext& context);

 private:
  std::shared_ptr<const sampling::FixedUnigram> build(const float* unigrams, int64_t count) const;
  std::shared_ptr<const sampling::FixedUnigram> table(const InputTensor& unigrams);
  void check_spec(const TensorSpec& unigrams) const;
  void check_length(int64_t count) const;

  sampling::UnigramShape shape_;
  bool constant_ = false;
  std::mutex mutex_;
  std::vector<float> unigrams_;  // what table_ was built of
  std::shared_ptr<const sampling::FixedUnigram> table_;
};

/// Its counts are the state of the session: runs take turns.
class LearnedUnigramKernel : SamplerKernel {
 public:
  explicit LearnedUnigramKernel(const OrtKernelInfo* info);
  void compute(RunContext& context);

 private:
  std::vector<int64_t> read_initial_counts(const InputTensor& input) const;

  std::mutex mutex_;
  bool started_ = false;
  std::unique_ptr<sampling::LearnedUnigram> distribution_;
};

/// Every id once.
class AllCandidateKernel : SamplerKernel {
 public:
  explicit AllCandidateKernel(const OrtKernelInfo* info);
  void compute(RunContext& context);
};

}  // namespace ortnce::ops
