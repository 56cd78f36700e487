#include "ops/class_scan_run.h"

#include <cstdint>

#include "ops/message.h"

namespace ortnce::ops {
namespace {

constexpr int64_t kChunk = kernels::kChunkClasses;

/// The end of a range of `rows` classes from class_begin on; rows past num_classes are padding.
int64_t range_end(const char* op, int64_t class_begin, int64_t rows, int64_t num_classes) {
  if (class_begin >= num_classes) {
    invalid(format("%s: class_begin must be below num_classes = %lld, got %lld", op, printable(num_classes),
                   printable(class_begin)));
  }
  if (rows < 0) return -1;
  if (rows == 0) invalid(format("%s: weights must have at least one row, got 0", op));
  const int64_t end = rows < num_classes - class_begin ? class_begin + rows : num_classes;
  if (end != num_classes && end % kChunk != 0) {
    invalid(
        format("%s: the classes of the weights must end at a multiple of %lld or at num_classes = %lld, got "
               "class_begin + rows = %lld",
               op, printable(kChunk), printable(num_classes), printable(end)));
  }
  return end;
}

}  // namespace

ClassScanAttributes::ClassScanAttributes(const char* op, const Attributes& attributes, bool range)
    : OutputLayerAttributes(op, attributes), LabelAttributes(op, attributes) {
  if (!range) return;
  class_begin = attributes.integer("class_begin", 0);
  if (!num_classes) invalid(format("%s: attribute num_classes is missing", op));
  if (*class_begin < 0 || *class_begin % kChunk != 0) {
    invalid(format("%s: class_begin must be a multiple of %lld and >= 0, got %lld", op, printable(kChunk),
                   printable(*class_begin)));
  }
}

ClassScanSizes check_class_scan(const char* op, const ClassScanAttributes& attributes, const ClassScanInputs& where,
                                const std::vector<const TensorSpec*>& in) {
  const WeightsContract weights(op, in, where.weights);
  weights.check_given();
  const TensorSpec &inputs = *in[ClassScanInputs::kInputs], &labels = *in[ClassScanInputs::kLabels];
  if (!inputs.present) invalid(format("%s: inputs is missing", op));
  if (!labels.present) invalid(format("%s: labels is missing", op));
  expect_id_type(op, labels, "labels");
  weights.check_types(inputs, *in[where.biases]);

  ClassScanSizes sizes{};
  expect_shape(op, inputs, "inputs", "[batch, dim]", {-1, -1});
  sizes.batch = inputs.dim(0);
  sizes.dim = inputs.dim(1);
  expect_shape(op, labels, "labels", "[batch of inputs, num_true]", {sizes.batch, attributes.num_true});
  if (sizes.batch < 0) sizes.batch = labels.dim(0);
  if (where.true_logits) {
    const TensorSpec& true_logits = *in[*where.true_logits];
    expect_type(op, true_logits, "true_logits", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
    expect_shape(op, true_logits, "true_logits", "[batch, num_true]", {sizes.batch, attributes.num_true});
  }

  const int64_t rows = weights.check_partitions(attributes.partition_strategy, sizes.dim);
  if (!attributes.class_begin) {
    sizes.num_classes = check_num_classes(op, attributes.num_classes, rows);
    sizes.class_end = sizes.num_classes;
    check_biases(op, *in[where.biases], sizes.num_classes, rows);
    return sizes;
  }
  sizes.num_classes = *attributes.num_classes;
  sizes.class_begin = *attributes.class_begin;
  sizes.class_end = range_end(op, sizes.class_begin, rows, sizes.num_classes);
  const int64_t classes = sizes.class_end < 0 ? -1 : sizes.class_end - sizes.class_begin;
  check_biases(op, *in[where.biases], classes, rows);
  return sizes;
}

ClassScanBatch::ClassScanBatch(const char* op, const ClassScanAttributes& attributes, const ClassScanInputs& where,
                               const RunInputs& inputs, Workspace& workspace)
    : op_(op),
      attributes_(attributes),
      input_(inputs[ClassScanInputs::kLabels]),
      sizes_(check_class_scan(op, attributes, where, specs_of(inputs.all()))),
      workspace_(workspace),
      labels_(workspace.reserve<int64_t>(elements(op, input_.spec.dims))) {}

void ClassScanBatch::read() {
  counted_examples_ =
      read_labels(op_, input_, sizes_.batch, attributes_, sizes_.num_classes, workspace_.at<int64_t>(labels_));
}

ClassScanRun::ClassScanRun(const char* op, const ClassScanAttributes& attributes, const ClassScanInputs& where,
                           RunContext& context, const OrtMemoryInfo* memory)
    : inputs_(context), batch_(op, attributes, where, inputs_, workspace_) {
  const ClassScanSizes& sizes = batch_.sizes();
  workspace_.allocate(context, memory, op);
  batch_.read();
  table_.emplace(
      class_table(inputs_.all(), where.weights, attributes.partition_strategy, sizes.dim, inputs_[where.biases]));
  problem_.batch = sizes.batch;
  problem_.num_true = attributes.num_true;
  problem_.dim = sizes.dim;
  const InputTensor& inputs = inputs_[ClassScanInputs::kInputs];
  problem_.inputs = {element_type(inputs.spec), inputs.data};
  problem_.labels = batch_.labels();
  problem_.table = &*table_;
  problem_.class_begin = sizes.class_begin;
  problem_.class_end = sizes.class_end;
  if (where.true_logits) true_logits_ = inputs_[*where.true_logits].as<float>();
}

ReadyScan::ReadyScan(const kernels::ClassScanProblem& problem, bool log_sum_exps, bool ranks)
    : scan_(problem, log_sum_exps, ranks) {
  size_t bytes = 0;
  if (!scan_.workspace(&bytes)) bytes = SIZE_MAX;
  scan_at_ = workspace_.reserve_bytes(bytes);
}

void ReadyScan::start(const char* op, RunContext& context, const OrtMemoryInfo* memory) {
  workspace_.allocate(context, memory, op);
  scan_.begin(workspace_.at<void>(scan_at_), context);
}

}  // namespace ortnce::ops
