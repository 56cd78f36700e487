#include "ops/nce_loss_contract.h"

#include <string>

#include "ops/message.h"
#include "ops/step.h"

namespace ortnce::ops {
namespace {

using Index = NceLossInput;

void check_types(const char* op, const std::vector<const TensorSpec*>& in) {
  expect_id_type(op, *in[Index::kLabels], "labels");
  expect_type(op, *in[Index::kSampledCandidates], "sampled_candidates", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64);
  expect_type(op, *in[Index::kTrueExpectedCount], "true_expected_count", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
  expect_type(op, *in[Index::kSampledExpectedCount], "sampled_expected_count", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
  WeightsContract(op, in, Index::kWeights).check_types(*in[Index::kInputs], *in[Index::kBiases]);
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
    : OutputLayerAttributes(op, attributes),
      LabelAttributes(op, attributes),
      num_sampled(attributes.integer("num_sampled")),
      remove_accidental_hits(attributes.flag("remove_accidental_hits", false)),
      subtract_log_q(attributes.flag("subtract_log_q", true)),
      reduction(reduction_attribute(attributes)),
      seed(attributes.integer("seed", 0)),
      seed2(attributes.integer("seed2", 0)) {
  if (num_sampled && *num_sampled < 0) {
    invalid(format("%s: num_sampled must be >= 0, got %lld", op, printable(*num_sampled)));
  }
}

NceLossSizes check_nce_loss(const char* op, const NceLossAttributes& attributes,
                            const std::vector<const TensorSpec*>& in) {
  const WeightsContract weights(op, in, Index::kWeights);
  weights.check_given();
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

  const int64_t rows = weights.check_partitions(attributes.partition_strategy, sizes.dim);
  sizes.num_classes = check_num_classes(op, attributes.num_classes, rows);
  check_biases(op, *in[Index::kBiases], sizes.num_classes, rows);

  sizes.num_sampled = check_num_sampled(op, attributes, *in[Index::kSampledCandidates], sizes.num_classes);
  expect_shape(op, *in[Index::kTrueExpectedCount], "true_expected_count", "[batch, num_true]",
               {sizes.batch, attributes.num_true});
  expect_shape(op, *in[Index::kSampledExpectedCount], "sampled_expected_count", "[num_sampled]", {sizes.num_sampled});
  check_step(op, *in[Index::kStep]);
  return sizes;
}

}  // namespace ortnce::ops
