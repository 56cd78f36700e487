// One run of an op that passes over all classes or a range of them: the inputs checked and laid out as
// a problem for the kernels.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/class_scan.h"
#include "kernels/class_table.h"
#include "ops/labels.h"
#include "ops/output_layer.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// The attributes that such ops have in common, checked.
struct ClassScanAttributes : OutputLayerAttributes, LabelAttributes {
  /// The first class of the range; absent = all classes.
  std::optional<int64_t> class_begin;

  /// `op` names the op in errors, here and below; `range`: whether it has class_begin.
  ClassScanAttributes(const char* op, const Attributes& attributes, bool range);
};

/// Where the inputs of an op lie; inputs is 0, labels 1, and the weights are all inputs from `weights`
/// on.
struct ClassScanInputs {
  static constexpr size_t kInputs = 0, kLabels = 1;
  std::optional<size_t> true_logits;
  size_t biases;
  size_t weights;
};

/// The sizes of a problem; -1 = not known before it runs.
struct ClassScanSizes {
  int64_t batch;
  int64_t dim;
  int64_t num_classes;  // the range of the labels
  int64_t class_begin;
  int64_t class_end;
};

/// Checks types and shapes as far as they are known and returns the sizes. At creation and in every run
/// the same rules hold.
ClassScanSizes check_class_scan(const char* op, const ClassScanAttributes& attributes, const ClassScanInputs& where,
                                const std::vector<const TensorSpec*>& inputs);

/// The host part of a run, whatever the provider: shapes and labels, checked. Construct, allocate the
/// workspace, read().
class ClassScanBatch {
 public:
  /// Checks types and shapes and reserves room.
  ClassScanBatch(const char* op, const ClassScanAttributes& attributes, const ClassScanInputs& where,
                 const RunInputs& inputs, Workspace& workspace);

  /// Copies the labels and checks the copies; see read_labels.
  void read();

  const ClassScanSizes& sizes() const { return sizes_; }
  int64_t labels_count() const { return sizes_.batch * attributes_.num_true; }
  const int64_t* labels() const { return workspace_.at<int64_t>(labels_); }

  /// The number of examples with a counted label.
  int64_t counted_examples() const { return counted_examples_; }

 private:
  const char* op_;
  const ClassScanAttributes& attributes_;
  const InputTensor& input_;
  ClassScanSizes sizes_;
  Workspace& workspace_;
  size_t labels_;
  int64_t counted_examples_ = 0;
};

/// A checked run on the processor; construct it before any output is asked for.
class ClassScanRun {
 public:
  /// Reads the batch.
  ClassScanRun(const char* op, const ClassScanAttributes& attributes, const ClassScanInputs& where,
               RunContext& context, const OrtMemoryInfo* memory);

  const ClassScanSizes& sizes() const { return batch_.sizes(); }
  const kernels::ClassScanProblem& problem() const { return problem_; }

  /// The input true_logits, or null.
  const float* true_logits() const { return true_logits_; }

 private:
  RunInputs inputs_;
  Workspace workspace_;
  ClassScanBatch batch_;
  std::optional<kernels::ClassTable> table_;
  kernels::ClassScanProblem problem_;
  const float* true_logits_ = nullptr;
};

/// A scan with its scratch memory.
class ReadyScan {
 public:
  /// Room that a caller needs besides: `more` elements of T and so on are reserved in workspace() before
  /// start().
  ReadyScan(const kernels::ClassScanProblem& problem, bool log_sum_exps, bool ranks);

  Workspace& workspace() { return workspace_; }

  /// Obtains the memory of all that was reserved.
  void start(const char* op, RunContext& context, const OrtMemoryInfo* memory);

  kernels::ClassScan& scan() { return scan_; }

 private:
  kernels::ClassScan scan_;
  Workspace workspace_;
  size_t scan_at_;
};

}  // namespace ortnce::ops
