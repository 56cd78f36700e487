// What graphs may leave open of their inputs is no error at creation, what they say wrongly is; sizes beyond int64
// and beyond memory are errors before a value is read.
#include <gtest/gtest.h>

#include "support/op_api.h"
#include "support/op_node.h"

namespace ortnce::test {
namespace {

constexpr auto kFloat = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kInt64 = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
constexpr int64_t kUnknown = -1;

OpTensor declared(ONNXTensorElementDataType type, std::vector<int64_t> dims) { return {type, std::move(dims), {}}; }

/// The error of a kernel for which a graph declares these inputs.
std::string creation_error(const OpNode& node, const std::vector<OpTensor>& inputs) {
  return OpKernel(node.op, inputs, node.attributes, {}, node.outputs()).error();
}

/// The same with the shape of one input replaced.
std::string error_with(const OpNode& node, size_t input, std::vector<int64_t> dims) {
  std::vector<OpTensor> inputs = declare(node.inputs, Declared::kShapes);
  inputs[input].dims = std::move(dims);
  return creation_error(node, inputs);
}

TEST(DeclaredInputs, AnyDimensionMayBeUnknown) {
  for (const OpNode& node : one_node_of_every_op({}, 3)) {
    const std::vector<OpTensor> shapes = declare(node.inputs, Declared::kShapes);
    EXPECT_EQ(creation_error(node, shapes), "") << node.op;
    for (size_t i = 0; i < shapes.size(); ++i) {
      for (size_t axis = 0; axis < shapes[i].dims.size(); ++axis) {
        std::vector<OpTensor> inputs = shapes;
        inputs[i].dims[axis] = kUnknown;
        EXPECT_EQ(creation_error(node, inputs), "") << node.op << ": input " << i << ", dimension " << axis;
      }
    }
  }
}

TEST(DeclaredInputs, StepsAreScalarsOrOfOneElement) {
  OpNode node = uniform_sampler_node({}, 3);
  node.inputs.push_back(int64s({1}, {4}));
  for (const std::vector<int64_t>& dims : {std::vector<int64_t>{}, {1}, {kUnknown}}) {
    EXPECT_EQ(error_with(node, 1, dims), "");
  }
  for (const std::vector<int64_t>& dims : {std::vector<int64_t>{0}, {2}, {1, 1}}) {
    EXPECT_EQ(error_with(node, 1, dims).rfind("UniformCandidateSampler: step must be a scalar or have shape [1]", 0), 0u);
  }
}

TEST(DeclaredInputs, RowsOfPartitionsAreAddedAsFarAsKnown) {
  const OpNode node = nce_loss_node({3, 2, 4, 5, 20, 3}, 3);
  const size_t weights = 7;
  std::vector<OpTensor> inputs = declare(node.inputs, Declared::kShapes);
  inputs[weights].dims[0] = kUnknown;
  inputs[2] = declared(kFloat, {7});  // biases of a number of classes that nobody knows yet
  EXPECT_EQ(creation_error(node, inputs), "");
  inputs[weights].dims[0] = inputs[weights + 1].dims[0] = INT64_MAX;
  EXPECT_EQ(creation_error(node, inputs), "NceLoss: the rows of all weights overflow int64");
}

TEST(DeclaredInputs, BiasesAreHeldToAKnownNumberOfClassesOnceTheRowsAreKnown) {
  OpNode node = nce_loss_node({}, 3);
  node.attributes.ints["num_classes"] = 20;
  std::vector<OpTensor> inputs = declare(node.inputs, Declared::kShapes);
  inputs[2].dims = {23};
  inputs[7].dims = {kUnknown, 5};
  EXPECT_EQ(creation_error(node, inputs), "");
  inputs[7].dims = {23, 5};
  EXPECT_EQ(creation_error(node, inputs), "");
  inputs[7].dims = {22, 5};
  EXPECT_EQ(creation_error(node, inputs),
            "NceLoss: biases must have num_classes = 20 elements (or 22, the rows of the weights), got 23");
}

/// An input that is no tensor, of which a runtime has no tensor information.
TEST(DeclaredInputs, OtherThanTensorsAreLeftToTheRun) {
  OrtApi api = op_api();
  api.CastTypeInfoToTensorInfo = [](const OrtTypeInfo*, const OrtTensorTypeAndShapeInfo** out) noexcept -> OrtStatus* {
    *out = nullptr;
    return nullptr;
  };
  replace_op_api(&api);
  for (const OpNode& node : one_node_of_every_op({}, 3)) {
    if (std::string(node.op) == "ApplyGradients") continue;  // its outputs follow from the types of its inputs
    EXPECT_EQ(creation_error(node, declare(node.inputs, Declared::kTypes)), "") << node.op;
  }
  replace_op_api(nullptr);
}

TEST(DeclaredInputs, WhatTheRuntimeCannotTellIsAbsent) {
  OrtApi api = op_api();
  api.KernelInfo_GetInputTypeInfo = [](const OrtKernelInfo*, size_t, OrtTypeInfo**) noexcept {
    return new OrtStatus{ORT_FAIL, "no type"};
  };
  replace_op_api(&api);
  const OpNode node = top_k_classes_node({}, 3);
  EXPECT_EQ(creation_error(node, declare(node.inputs, Declared::kTypes)), "TopKClasses: inputs is missing");
  replace_op_api(nullptr);
}

/// A tensor of more elements than there are bytes, of which none may be read.
OpTensor enormous(ONNXTensorElementDataType type, std::vector<int64_t> dims) {
  static const int64_t nothing = 0;
  OpTensor tensor{type, std::move(dims), {}};
  tensor.borrowed = &nothing;
  return tensor;
}

std::string run_error(const OpNode& node) {
  const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes, {}, node.outputs());
  EXPECT_EQ(kernel.error(), "");
  return kernel.run(node.inputs).error;
}

TEST(EnormousInputs, ElementsBeyondInt64) {
  OpNode node = deduplicate_node({}, 3);
  node.inputs = {int64s({1}, {0}), enormous(kFloat, {1, int64_t{1} << 40, int64_t{1} << 40})};
  EXPECT_EQ(run_error(node),
            "DeduplicateIndexedSlices: the sizes of shape [1, 1099511627776, 1099511627776] overflow int64");
}

/// A node whose labels are `input`, of a batch that no machine holds, and whose `batches` begin with it.
OpNode with_enormous_batch(OpNode node, size_t input, const std::vector<size_t>& batches) {
  constexpr int64_t kBatch = int64_t{1} << 62;
  for (const size_t i : batches) node.inputs[i] = enormous(node.inputs[i].type, {kBatch, node.inputs[i].dims[1]});
  node.inputs[input] = enormous(kInt64, {kBatch, 4});
  return node;
}

TEST(EnormousInputs, LabelsBeyondInt64) {
  const NodeSizes sizes{1, 4, 4, 0, 20, 1};
  const std::string expected = ": the sizes of shape [4611686018427387904, 4] overflow int64";
  EXPECT_EQ(run_error(with_enormous_batch(nce_loss_node(sizes, 3), 1, {0})), "NceLoss" + expected);
  EXPECT_EQ(run_error(with_enormous_batch(full_sigmoid_loss_node(sizes, 3), 1, {0})), "FullSigmoidLoss" + expected);
  EXPECT_EQ(run_error(with_enormous_batch(combine_full_sigmoid_loss_node(sizes, 3), 0, {1, 2, 3, 4})),
            "CombineFullSigmoidLoss" + expected);
  EXPECT_EQ(run_error(with_enormous_batch(uniform_sampler_node(sizes, 3), 0, {})), "UniformCandidateSampler" + expected);
}

TEST(EnormousInputs, WorkingMemoryBeyondInt64) {
  OpNode top = top_k_classes_node({1, 1, 4, 0, 20, 1}, 3);
  top.inputs[0].dims = {int64_t{1} << 62, 0};
  EXPECT_EQ(run_error(top), "TopKClasses: the working memory of these shapes overflows 2^64 bytes");
}

TEST(EnormousInputs, RowsAndHitsOfAccidentalHitsAreInt32) {
  OpNode rows = accidental_hits_node({1, 1, 4, 0, 20, 1}, 3);
  rows.inputs[0] = enormous(kInt64, {int64_t{1} << 31, 1});
  EXPECT_EQ(run_error(rows), "ComputeAccidentalHits: true_classes must have at most 2147483647 rows, got 2147483648");
  OpNode hits = rows;
  constexpr int64_t kEqual = 46'341;  // the least whose square is above INT_MAX
  const std::vector<int64_t> ids(kEqual, 5);
  hits.inputs = {int64s({kEqual, 1}, ids), int64s({kEqual}, ids)};
  EXPECT_EQ(run_error(hits),
            "ComputeAccidentalHits: there must be at most 2147483647 hits, got 2147488281 up to true_classes[46340,0]");
}

}  // namespace
}  // namespace ortnce::test
