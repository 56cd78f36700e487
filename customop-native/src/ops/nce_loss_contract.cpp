#include "ops/nce_loss_contract.h"

#include <string>

#include "ops/message.h"
#include "ops/step.h"

namespace ortnce::ops {
namespace {

using Index = NceLossInput;

/// "weights" of one partition, "weights[1]" of several.
std::string weights_name(size_t partition, size_t partitions) {
  return partitions == 1 ? "weights" : format("weights[%zu]", partition);
}

void check_types(const char* op, const std::vector<const TensorSpec*>& in) {
  expect_type(op, *in[Index::kInputs], "inputs", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
  expect_id_type(op, *in[Index::kLabels], "labels");
  expect_type(op, *in[Index::kBiases], "biases", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
  expect_type(op, *in[Index::kSampledCandidates], "sampled_candidates", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64);
  expect_type(op, *in[Index::kTrueExpectedCount], "true_expected_count", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
  expect_type(op, *in[Index::kSampledExpectedCount], "sampled_expected_count", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
  const size_t partitions = in.size() - Index::kWeights;
  for (size_t p = 0; p < partitions; ++p) {
    expect_type(op, *in[Index::kWeights + p], weights_name(p, partitions).c_str(), ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
  }
}

/// Inputs 3, 4, 5 come together. Returns whether the op draws for itself.
bool check_sampled_values(const char* op, const std::vector<const TensorSpec*>& in) {
  static constexpr const char* kNames[] = {"sampled_candidates", "true_expected_count", "sampled_expected_count"};
  std::string given, missing;
  for (size_t i = 0; i < 3; ++i) {
    std::string& names = in[Index::kSampledCandidates + i]->present ? given : missing;
    names += (names.empty() ? "" : " and ") + std::string(kNames[i]);
  }
  if (!given.empty() && !missing.empty()) {
    invalid(format("%s: sampled values must be given all or not at all: %s given, %s missing", op, given.c_str(),
                   missing.c_str()));
  }
  return given.empty();
}

/// Checks the partitions against each other and returns the sum of their rows, -1 if not known.
int64_t check_partitions(const char* op, const NceLossAttributes& attributes, const std::vector<const TensorSpec*>& in,
                         int64_t dim) {
  const size_t partitions = in.size() - Index::kWeights;
  int64_t total = 0;
  for (size_t p = 0; p < partitions; ++p) {
    const TensorSpec& weights = *in[Index::kWeights + p];
    const std::string name = weights_name(p, partitions);
    if (!weights.present) invalid(format("%s: %s is missing", op, name.c_str()));
    expect_shape(op, weights, name.c_str(), "[rows, dim of inputs]", {-1, dim});
    const int64_t rows = weights.dim(0);
    if (rows < 0) {
      total = -1;
    } else if (total >= 0 && __builtin_add_overflow(total, rows, &total)) {
      invalid(format("%s: the rows of all weights overflow int64", op));
    }
  }
  if (total < 0 || attributes.partition_strategy != kernels::PartitionStrategy::kMod) return total;
  std::vector<int64_t> found, wanted;
  for (size_t p = 0; p < partitions; ++p) {
    found.push_back(in[Index::kWeights + p]->dim(0));
    wanted.push_back(kernels::ClassRows::mod_size(total, static_cast<int64_t>(partitions), static_cast<int64_t>(p)));
  }
  if (found != wanted) {
    invalid(format("%s: weights of partition_strategy \"mod\" must have %s rows, got %s", op,
                   shape_text(wanted).c_str(), shape_text(found).c_str()));
  }
  return total;
}

void check_biases(const char* op, const TensorSpec& biases, int64_t num_classes, int64_t rows) {
  expect_shape(op, biases, "biases", "[num_classes]", {-1});
  const int64_t length = biases.dim(0);
  if (length < 0 || num_classes < 0 || rows < 0 || length == num_classes || length == rows) return;
  invalid(format("%s: biases must have num_classes = %lld elements (or %lld, the rows of the weights), got %lld", op,
                 printable(num_classes), printable(rows), printable(length)));
}

int64_t check_num_classes(const char* op, const NceLossAttributes& attributes, int64_t rows) {
  const int64_t num_classes = attributes.num_classes.value_or(rows);
  if (rows >= 0 && num_classes > rows) {
    invalid(format("%s: num_classes = %lld must be at most the rows of the weights, %lld", op, printable(num_classes),
                   printable(rows)));
  }
  if (num_classes == 0) {
    invalid(format("%s: num_classes must be >= 1, got 0: the weights have no rows", op));
  }
  return num_classes;
}

int64_t check_num_sampled(const char* op, const NceLossAttributes& attributes, const TensorSpec& sampled,
                          int64_t num_classes) {
  if (!sampled.present) {
    if (!attributes.num_sampled) {
      invalid(format("%s: attribute num_sampled is missing: it is required without sampled_candidates", op));
    }
    const int64_t num_sampled = *attributes.num_sampled;
    if (num_sampled < 1) {
      invalid(format("%s: num_sampled must be >= 1 without sampled_candidates, got %lld", op, printable(num_sampled)));
    }
    if (num_classes >= 0 && num_sampled > num_classes) {
      invalid(
          format("%s: num_sampled must be at most num_classes = %lld, since candidates are drawn without "
                 "replacement, got %lld",
                 op, printable(num_classes), printable(num_sampled)));
    }
    return num_sampled;
  }
  expect_shape(op, sampled, "sampled_candidates", "[num_sampled]", {-1});
  const int64_t length = sampled.dim(0);
  if (attributes.num_sampled && length >= 0 && *attributes.num_sampled != length) {
    invalid(format("%s: sampled_candidates must have num_sampled = %lld elements, got %lld", op,
                   printable(*attributes.num_sampled), printable(length)));
  }
  return length >= 0 ? length : attributes.num_sampled.value_or(-1);
}

}  // namespace

NceLossAttributes::NceLossAttributes(const char* op, const Attributes& attributes)
    : num_sampled(attributes.integer("num_sampled")),
      num_classes(attributes.integer("num_classes")),
      num_true(attributes.integer("num_true", 1)),
      remove_accidental_hits(attributes.flag("remove_accidental_hits", false)),
      partition_strategy(attributes.choice("partition_strategy", {"div", "mod"}) == 0
                             ? kernels::PartitionStrategy::kDiv
                             : kernels::PartitionStrategy::kMod),
      subtract_log_q(attributes.flag("subtract_log_q", true)),
      ignore_index(attributes.integer("ignore_index")),
      reduction(static_cast<kernels::Reduction>(attributes.choice("reduction", {"none", "mean", "sum"}))),
      seed(attributes.integer("seed", 0)),
      seed2(attributes.integer("seed2", 0)) {
  static_assert(static_cast<int>(kernels::Reduction::kMean) == 1 && static_cast<int>(kernels::Reduction::kSum) == 2,
                "the order of the names above");
  if (num_sampled && *num_sampled < 0) {
    invalid(format("%s: num_sampled must be >= 0, got %lld", op, printable(*num_sampled)));
  }
  if (num_classes && *num_classes < 1) {
    invalid(format("%s: num_classes must be >= 1, got %lld", op, printable(*num_classes)));
  }
  if (num_true < 1) invalid(format("%s: num_true must be >= 1, got %lld", op, printable(num_true)));
}

NceLossSizes check_nce_loss(const char* op, const NceLossAttributes& attributes,
                            const std::vector<const TensorSpec*>& in) {
  if (in.size() <= Index::kWeights) invalid(format("%s: weights is missing", op));
  for (const auto& [index, name] : {std::pair{Index::kInputs, "inputs"}, std::pair{Index::kLabels, "labels"}}) {
    if (!in[index]->present) invalid(format("%s: %s is missing", op, name));
  }
  check_types(op, in);

  NceLossSizes sizes{};
  sizes.own_sample = check_sampled_values(op, in);
  expect_shape(op, *in[Index::kInputs], "inputs", "[batch, dim]", {-1, -1});
  sizes.batch = in[Index::kInputs]->dim(0);
  sizes.dim = in[Index::kInputs]->dim(1);
  expect_shape(op, *in[Index::kLabels], "labels", "[batch of inputs, num_true]", {sizes.batch, attributes.num_true});
  if (sizes.batch < 0) sizes.batch = in[Index::kLabels]->dim(0);

  const int64_t rows = check_partitions(op, attributes, in, sizes.dim);
  sizes.num_classes = check_num_classes(op, attributes, rows);
  check_biases(op, *in[Index::kBiases], sizes.num_classes, rows);

  sizes.num_sampled = check_num_sampled(op, attributes, *in[Index::kSampledCandidates], sizes.num_classes);
  expect_shape(op, *in[Index::kTrueExpectedCount], "true_expected_count", "[batch, num_true]",
               {sizes.batch, attributes.num_true});
  expect_shape(op, *in[Index::kSampledExpectedCount], "sampled_expected_count", "[num_sampled]", {sizes.num_sampled});
  check_step(op, *in[Index::kStep]);
  return sizes;
}

}  // namespace ortnce::ops
