// A batch against a table of classes for tests of the class kernels.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "kernels/class_scan.h"
#include "kernels/full_sigmoid_loss.h"
#include "kernels/top_k_classes.h"
#include "support/half_array.h"
#include "support/nce_case.h"

namespace ortnce::test {

struct ClassSizes {
  int64_t batch;
  int64_t num_true;
  int64_t classes;
  int64_t dim;
};

/// What the kernels gave for every example: [B] and [B, T].
struct ScanResult {
  std::vector<double> losses, softmax_losses;
  std::vector<float> true_logits;
  std::vector<int64_t> ranks;
};

/// The best classes of every example, [B, k].
struct TopKResult {
  std::vector<int64_t> ids;
  std::vector<float> logits;
};

/// A problem of random numbers of unit scale, or of small integers, whose logits are exact. Every array
/// may be changed before it is solved.
class ClassCase {
 public:
  enum class Numbers { kReal, kInteger };

  ClassCase(ClassSizes wanted, uint64_t seed, Numbers numbers = Numbers::kReal);

  float* input(int64_t example) { return inputs.data() + example * sizes.dim; }
  float* weight(int64_t class_id) { return weights.data() + class_id * sizes.dim; }
  int64_t& label(int64_t example, int64_t j) { return labels[static_cast<size_t>(example * sizes.num_true + j)]; }

  /// The table cut into partitions of these sizes, whose rows are copied; none = one, in place.
  void partition(kernels::PartitionStrategy strategy, const std::vector<int64_t>& rows);

  /// Stores weights and biases in this type, rounded; comes before partition().
  void store_as(kernels::ElementType type);

  /// Gives the inputs in this half type, rounded.
  void store_inputs_as(kernels::ElementType type) {
    inputs_type_ = type;
    half_inputs_.emplace(type, inputs.data(), inputs.size());
  }

  const kernels::ClassTable& table();

  /// Everything that a scan of all classes gives. Fails the test if a kernel writes behind its
  /// workspace.
  ScanResult scan(kernels::Executor& executor);
  ScanResult scan();

  /// The same from scans of the ranges [cuts[i], cuts[i + 1]), as separate processes would.
  ScanResult scan_ranges(const std::vector<int64_t>& cuts);

  TopKResult top_k(int64_t k, kernels::Executor& executor);
  TopKResult top_k(int64_t k);

  /// The logits of an example in double.
  std::vector<double> reference_logits(int64_t example);

  ClassSizes sizes;
  ShiftedFloats inputs;   // [B, D]
  ShiftedFloats weights;  // [V, D]
  std::vector<float> biases;
  bool with_biases = true;
  std::vector<int64_t> labels;  // [B, T], kIgnoredLabel or a class

 private:
  kernels::ClassTable range_table(int64_t begin, int64_t end);
  kernels::ClassScanProblem problem(const kernels::ClassTable& table, int64_t begin, int64_t end);

  /// Where number `i` of the weights, or of the biases, is stored.
  const void* stored_weight(int64_t i) {
    return type_ == kernels::ElementType::kFloat ? weights.data() + i : half_weights_->at(i);
  }
  const void* stored_bias(int64_t i) const;

  kernels::ElementType type_ = kernels::ElementType::kFloat, inputs_type_ = kernels::ElementType::kFloat;
  kernels::Inputs stored_inputs() {
    return {inputs_type_, half_inputs_ ? half_inputs_->at(0) : static_cast<const void*>(inputs.data())};
  }

  std::optional<HalfArray> half_inputs_, half_weights_, half_biases_;
  std::vector<std::vector<unsigned char>> partitions_;
  std::unique_ptr<kernels::ClassTable> table_;
};

/// Expects the same bits in all results, NaN included.
void expect_same_results(const ScanResult& a, const ScanResult& b);

/// Expects losses within `relative` of the reference (of 1, where a loss is smaller), and the ranks of
/// the double logits where no other logit is so near that rounding may swap them.
void expect_accurate(ClassCase& given, const ScanResult& result, double relative);

}  // namespace ortnce::test
