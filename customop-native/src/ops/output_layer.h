// The output layer as ops take it: weights in partitions and biases, the last inputs of an op.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/class_rows.h"
#include "kernels/class_table.h"
#include "ops/attributes.h"
#include "ops/run_context.h"
#include "ops/tensor_spec.h"

namespace ortnce::ops {

/// The attributes of the layer, checked. `op` names the op in errors, here and below.
struct OutputLayerAttributes {
  std::optional<int64_t> num_classes;
  kernels::PartitionStrategy partition_strategy;

  /// Whether a device may round float inputs and weights to 11 bits for its tensor cores; no other provider does.
  bool allow_tf32;

  OutputLayerAttributes(const char* op, const Attributes& attributes);
};

/// What an op demands of its weights: all inputs from `first` on.
class WeightsContract {
 public:
  WeightsContract(const char* op, const std::vector<const TensorSpec*>& inputs, size_t first)
      : op_(op), inputs_(inputs), first_(first) {}

  /// Throws unless there is at least one input of weights.
  void check_given() const;

  /// Throws unless all, and the biases, are of one type of numbers, and that of the inputs if these are not
  /// float, as far as types are known.
  void check_types(const TensorSpec& inputs, const TensorSpec& biases) const;

  /// Checks the partitions against each other and returns the sum of their rows, -1 if not known.
  int64_t check_partitions(kernels::PartitionStrategy strategy, int64_t dim) const;

 private:
  size_t partitions() const { return inputs_.size() - first_; }

  const char* op_;
  const std::vector<const TensorSpec*>& inputs_;
  size_t first_;
};

/// Returns the classes of a layer of `rows` rows, -1 if not known.
int64_t check_num_classes(const char* op, std::optional<int64_t> num_classes, int64_t rows);

/// Biases have an element for every class or for every row.
void check_biases(const char* op, const TensorSpec& biases, int64_t num_classes, int64_t rows);

/// The layer of a run, whose weights are the inputs from `first` on.
kernels::ClassTable class_table(const std::vector<InputTensor>& inputs, size_t first,
                                kernels::PartitionStrategy strategy, int64_t dim, const InputTensor& biases);

}  // namespace ortnce::ops
