// FullSigmoidLossShard: what a range of the classes adds to FullSigmoidLoss. CombineFullSigmoidLoss
// makes the losses of the results of all ranges: the very bits that FullSigmoidLoss gives for the whole.
#include <algorithm>
#include <vector>

#include "ops/class_scan_run.h"
#include "ops/custom_op.h"
#include "ops/message.h"
#include "ops/ops.h"

namespace ortnce::ops {
namespace {

constexpr const char* kName = "FullSigmoidLossShard";
constexpr ClassScanInputs kWhere{2, 3, 4};
enum Output : size_t { kSoftplusSums, kLogSumExps, kTrueLogits, kLargerCounts };

class FullSigmoidLossShardKernel {
 public:
  explicit FullSigmoidLossShardKernel(const OrtKernelInfo* info)
      : attributes_(kName, Attributes(kName, info), true), memory_(cpu_memory()) {
    const std::vector<TensorSpec> declared = declared_inputs(info);
    check_class_scan(kName, attributes_, kWhere, pointers(declared));
  }

  void compute(RunContext& context) {
    const ClassScanRun run(kName, attributes_, kWhere, context, memory_.get());
    const kernels::ClassScanProblem& problem = run.problem();
    const int64_t batch = problem.batch, num_true = problem.num_true;
    const int64_t chunks = kernels::chunk_count(problem.class_end - problem.class_begin);
    double* softplus_sums = context.output<double>(kSoftplusSums, {batch, chunks});
    double* const log_sum_exps = context.output<double>(kLogSumExps, {batch, chunks});
    float* const true_logits = context.output<float>(kTrueLogits, {batch, num_true});
    int64_t* const larger_counts = context.output<int64_t>(kLargerCounts, {batch, num_true});
    const bool ranks = larger_counts != nullptr;
    if (ranks && run.true_logits() == nullptr && batch > 0) {
      invalid(format("%s: true_logits is missing: output larger_counts needs the logits of all labels", kName));
    }
    const bool scans = softplus_sums != nullptr || log_sum_exps != nullptr || ranks;

    ReadyScan ready(problem, log_sum_exps != nullptr, ranks);
    kernels::ClassScan& scan = ready.scan();
    const bool own_sums = scans && softplus_sums == nullptr;
    const size_t sums_at = ready.workspace().reserve_product<double>(own_sums ? batch : 0, chunks);
    ready.start(kName, context, memory_.get());
    if (own_sums) softplus_sums = ready.workspace().at<double>(sums_at);

    if (true_logits != nullptr) scan.true_logits(true_logits);
    if (!scans) return;
    if (ranks) std::fill_n(larger_counts, batch * num_true, 0);
    for (int64_t first = 0; first < chunks; first += scan.most_chunks()) {
      const kernels::ChunkResults results{chunks, softplus_sums + first,
                                          log_sum_exps == nullptr ? nullptr : log_sum_exps + first, larger_counts};
      scan.scan(first, std::min(scan.most_chunks(), chunks - first), run.true_logits(), results);
    }
  }

 private:
  ClassScanAttributes attributes_;
  MemoryInfo memory_;
};

}  // namespace

OpOfRuntime full_sigmoid_loss_shard_op(const OrtApi& runtime_api) {
  constexpr auto kRequired = INPUT_OUTPUT_REQUIRED, kOptional = INPUT_OUTPUT_OPTIONAL;
  constexpr auto kFloat = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kDouble = ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE;
  return op_of_runtime<FullSigmoidLossShardKernel>(runtime_api, {
      kName,
      {kRequired, kRequired, kOptional, kOptional, INPUT_OUTPUT_VARIADIC},
      {{kDouble, kOptional},
       {kDouble, kOptional},
       {kFloat, kOptional},
       {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, kOptional}},
  });
}

}  // namespace ortnce::ops
