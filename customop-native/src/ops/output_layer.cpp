#include "ops/output_layer.h"

#include <string>
#include <utility>

#include "ops/message.h"

namespace ortnce::ops {
namespace {

/// "weights" of one partition, "weights[1]" of several.
std::string weights_name(size_t partition, size_t partitions) {
  if (partitions == 1) return "weights";
  return format("weights[%zu]", partition);
}

}  // namespace

OutputLayerAttributes::OutputLayerAttributes(const char* op, const Attributes& attributes)
    : num_classes(attributes.integer("num_classes")),
      partition_strategy(attributes.choice("partition_strategy", {"div", "mod"}) == 0
                             ? kernels::PartitionStrategy::kDiv
                             : kernels::PartitionStrategy::kMod),
      allow_tf32(attributes.flag("allow_tf32", false)) {
  if (num_classes && *num_classes < 1) {
    invalid(format("%s: num_classes must be >= 1, got %lld", op, printable(*num_classes)));
  }
}

void WeightsContract::check_given() const {
  if (inputs_.size() <= first_) invalid(format("%s: weights is missing", op_));
}

void WeightsContract::check_types(const TensorSpec& inputs, const TensorSpec& biases) const {
  constexpr auto kUnknown = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  expect_number_type(op_, inputs, "inputs");
  // What has to be like `like`, the first whose type decides.
  ONNXTensorElementDataType type = kUnknown;
  std::string like;
  if (inputs.type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT && inputs.type != kUnknown) {
    type = inputs.type;
    like = "inputs";
  }
  const auto check = [&](const TensorSpec& spec, const std::string& name) {
    if (spec.type == kUnknown) return;
    if (type == kUnknown || &spec != &biases) expect_number_type(op_, spec, name.c_str());
    if (type == kUnknown) {
      type = spec.type;
      like = name;
    } else if (spec.type != type) {
      invalid(format("%s: %s must be %s like %s, got %s", op_, name.c_str(), type_text(type), like.c_str(),
                     type_text(spec.type)));
    }
  };
  for (size_t p = 0; p < partitions(); ++p) check(*inputs_[first_ + p], weights_name(p, partitions()));
  check(biases, "biases");
}

int64_t WeightsContract::check_partitions(kernels::PartitionStrategy strategy, int64_t dim) const {
  int64_t total = 0;
  for (size_t p = 0; p < partitions(); ++p) {
    const TensorSpec& weights = *inputs_[first_ + p];
    const std::string name = weights_name(p, partitions());
    if (!weights.present) invalid(format("%s: %s is missing", op_, name.c_str()));
    expect_shape(op_, weights, name.c_str(), "[rows, dim of inputs]", {-1, dim});
    const int64_t rows = weights.dim(0);
    if (rows < 0) {
      total = -1;
    } else if (total >= 0 && __builtin_add_overflow(total, rows, &total)) {
      invalid(format("%s: the rows of all weights overflow int64", op_));
    }
  }
  if (total < 0 || strategy != kernels::PartitionStrategy::kMod) return total;
  std::vector<int64_t> found, wanted;
  for (size_t p = 0; p < partitions(); ++p) {
    found.push_back(inputs_[first_ + p]->dim(0));
    wanted.push_back(kernels::ClassRows::mod_size(total, static_cast<int64_t>(partitions()), static_cast<int64_t>(p)));
  }
  if (found != wanted) {
    invalid(format("%s: weights of partition_strategy \"mod\" must have %s rows, got %s", op_,
                   shape_text(wanted).c_str(), shape_text(found).c_str()));
  }
  return total;
}

int64_t check_num_classes(const char* op, std::optional<int64_t> num_classes, int64_t rows) {
  const int64_t count = num_classes.value_or(rows);
  if (rows >= 0 && count > rows) {
    invalid(format("%s: num_classes = %lld must be at most the rows of the weights, %lld", op, printable(count),
                   printable(rows)));
  }
  if (count == 0) {
    invalid(format("%s: num_classes must be >= 1, got 0: the weights have no rows", op));
  }
  return count;
}

void check_biases(const char* op, const TensorSpec& biases, int64_t num_classes, int64_t rows) {
  expect_shape(op, biases, "biases", "[num_classes]", {-1});
  const int64_t length = biases.dim(0);
  if (length < 0 || num_classes < 0 || rows < 0 || length == num_classes || length == rows) return;
  invalid(format("%s: biases must have num_classes = %lld elements (or %lld, the rows of the weights), got %lld", op,
                 printable(num_classes), printable(rows), printable(length)));
}

kernels::ClassTable class_table(const std::vector<InputTensor>& inputs, size_t first,
                                kernels::PartitionStrategy strategy, int64_t dim, const InputTensor& biases) {
  // Where rows have no elements a runtime may give no memory; a row without an address is no row.
  static const float no_elements = 0;
  std::vector<int64_t> rows;
  std::vector<const void*> partitions;
  for (size_t i = first; i < inputs.size(); ++i) {
    rows.push_back(inputs[i].spec.dim(0));
    partitions.push_back(inputs[i].data != nullptr ? inputs[i].data : &no_elements);
  }
  return kernels::ClassTable(kernels::ClassRows(strategy, std::move(rows)), element_type(inputs[first].spec),
                             std::move(partitions), dim, biases.data);
}

}  // namespace ortnce::ops
