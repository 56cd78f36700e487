// CombineFullSigmoidLoss: the losses and ranks of FullSigmoidLoss from the results of
// FullSigmoidLossShard for every range of the classes: chunk tensors concatenated along axis 1 in order
// of the classes, true_logits and larger_counts added up.
#include <algorithm>
#include <vector>

#include "kernels/class_scan.h"
#include "kernels/full_sigmoid_loss.h"
#include "ops/custom_op.h"
#include "ops/full_sigmoid_outputs.h"
#include "ops/labels.h"
#include "ops/message.h"
#include "ops/ops.h"

namespace ortnce::ops {
namespace {

constexpr const char* kName = "CombineFullSigmoidLoss";
enum Input : size_t { kLabels, kTrueLogits, kSoftplusSums, kLogSumExps, kLargerCounts, kInputCount };

class CombineFullSigmoidLossKernel {
 public:
  explicit CombineFullSigmoidLossKernel(const OrtKernelInfo* info)
      : labels_(kName, Attributes(kName, info)),
        reduction_(reduction_attribute(Attributes(kName, info))),
        memory_(cpu_memory()) {
    const std::optional<int64_t> num_classes = Attributes(kName, info).integer("num_classes");
    if (!num_classes) invalid(format("%s: attribute num_classes is missing", kName));
    if (*num_classes < 1) invalid(format("%s: num_classes must be >= 1, got %lld", kName, printable(*num_classes)));
    num_classes_ = *num_classes;
    std::vector<TensorSpec> declared = declared_inputs(info);
    declared.resize(kInputCount);
    check(declared);
  }

  void compute(RunContext& context) {
    const RunInputs inputs(context);
    std::vector<TensorSpec> specs;
    for (size_t i = 0; i < kInputCount; ++i) specs.push_back(inputs[i].spec);
    const int64_t batch = check(specs), num_true = labels_.num_true;
    const int64_t labels_count = elements(kName, specs[kLabels].dims);

    Workspace workspace;
    const size_t labels_at = workspace.reserve<int64_t>(labels_count);
    const size_t totals_at = workspace.reserve<kernels::ClassTotals>(batch);
    const size_t losses_at = workspace.reserve<double>(batch);
    workspace.allocate(context, memory_.get(), kName);
    int64_t* const labels = workspace.at<int64_t>(labels_at);
    read_labels(kName, inputs[kLabels], batch, labels_, num_classes_, labels);
    const int64_t* const larger_counts = inputs[kLargerCounts].as<int64_t>();
    for (int64_t at = 0; larger_counts != nullptr && at < labels_count; ++at) {
      if (larger_counts[at] >= 0 && larger_counts[at] < num_classes_) continue;
      invalid(format("%s: larger_counts[%lld,%lld] = %lld is outside [0, %lld)", kName, printable(at / num_true),
                     printable(at % num_true), printable(larger_counts[at]), printable(num_classes_)));
    }

    const FullSigmoidOutputs outputs(context, batch, num_true, reduction_);
    if (outputs.softmax_loss != nullptr && !inputs[kLogSumExps].spec.present) missing("log_sum_exps", "softmax_loss");
    if (outputs.true_ranks != nullptr && !inputs[kLargerCounts].spec.present) missing("larger_counts", "true_ranks");
    auto* const totals = workspace.at<kernels::ClassTotals>(totals_at);
    std::fill_n(totals, batch, kernels::ClassTotals{});
    const int64_t chunks = kernels::chunk_count(num_classes_);
    kernels::add_chunks(batch, chunks, chunks, inputs[kSoftplusSums].as<double>(), inputs[kLogSumExps].as<double>(),
                        totals);
    const FullSigmoidFigures figures{batch, num_true, labels, inputs[kTrueLogits].as<float>(), totals, larger_counts};
    write_outputs(figures, reduction_, workspace.at<double>(losses_at), outputs);
  }

 private:
  [[noreturn]] static void missing(const char* input, const char* output) {
    invalid(format("%s: %s is missing: output %s needs it", kName, input, output));
  }

  /// Checks types and shapes as far as they are known and returns the batch, or -1.
  int64_t check(const std::vector<TensorSpec>& in) const {
    constexpr const char* kNames[] = {"labels", "true_logits", "softplus_sums", "log_sum_exps", "larger_counts"};
    for (const size_t i : {kLabels, kTrueLogits, kSoftplusSums}) {
      if (!in[i].present) invalid(format("%s: %s is missing", kName, kNames[i]));
    }
    expect_id_type(kName, in[kLabels], kNames[kLabels]);
    expect_type(kName, in[kTrueLogits], kNames[kTrueLogits], ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
    expect_type(kName, in[kLargerCounts], kNames[kLargerCounts], ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64);
    expect_shape(kName, in[kLabels], kNames[kLabels], "[batch, num_true]", {-1, labels_.num_true});
    const int64_t batch = in[kLabels].dim(0);
    for (const size_t i : {kTrueLogits, kLargerCounts}) {
      expect_shape(kName, in[i], kNames[i], "[batch of labels, num_true]", {batch, labels_.num_true});
    }
    for (const size_t i : {kSoftplusSums, kLogSumExps}) {
      expect_type(kName, in[i], kNames[i], ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE);
      expect_shape(kName, in[i], kNames[i], "[batch of labels, chunks of num_classes]",
                   {batch, kernels::chunk_count(num_classes_)});
    }
    return batch;
  }

  LabelAttributes labels_;
  kernels::Reduction reduction_;
  int64_t num_classes_ = 0;
  MemoryInfo memory_;
};

}  // namespace

OpOfRuntime combine_full_sigmoid_loss_op(const OrtApi& runtime_api) {
  constexpr auto kRequired = INPUT_OUTPUT_REQUIRED, kOptional = INPUT_OUTPUT_OPTIONAL;
  constexpr auto kFloat = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kInt64 = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
  return op_of_runtime<CombineFullSigmoidLossKernel>(runtime_api, {
      kName,
      {kRequired, kRequired, kRequired, kOptional, kOptional},
      {{kFloat, kOptional}, {kFloat, kOptional}, {kInt64, kOptional}},
  });
}

}  // namespace ortnce::ops
