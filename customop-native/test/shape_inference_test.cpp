// What ops tell ONNX Runtime of their outputs before a graph runs: of NceLossGrad that inputs_grad has the type of
// the inputs and their shape, as far as it is known; of the others the types that their signatures have.
#include <gtest/gtest.h>

#include "support/op_node.h"

namespace ortnce::test {
namespace {

constexpr auto kFloat = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kHalf = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
constexpr size_t kInputs = 1;  // of NceLossGrad, after loss_grad

/// NceLossGrad infers from its input 1, of the dimensions and their names given.
Inference infer(std::vector<int64_t> dims, std::vector<std::string> names = {},
                ONNXTensorElementDataType type = kFloat) {
  return infer_shapes("NceLossGrad", {{kFloat, {7}, {}}, {type, std::move(dims), {}}}, {{}, std::move(names)});
}

/// The one output that is inferred.
InferredOutput output_of(const Inference& inference) {
  EXPECT_EQ(inference.error, "");
  EXPECT_EQ(inference.outputs.size(), 1u);
  const auto found = inference.outputs.find(0);
  return found == inference.outputs.end() ? InferredOutput{} : found->second;
}

/// A dimension that nothing is known of: it has a name, as ONNX Runtime takes "neither" for a value.
void expect_unknown(const InferredOutput& output, size_t axis) {
  ASSERT_GT(output.dims.size(), axis);
  ASSERT_GT(output.names.size(), axis);
  EXPECT_EQ(output.dims[axis], -1);
  EXPECT_EQ(output.names[axis].rfind("ortnce_dim_", 0), 0u) << output.names[axis];
}

TEST(ShapeInference, OnlyTheGradientOfInputsFollowsFromAnInput) {
  for (const OpNode& node : one_node_of_every_op({}, 3)) {
    EXPECT_EQ(infers_shapes(node.op), std::string(node.op) == "NceLossGrad") << node.op;
  }
}

TEST(ShapeInference, KnownShapesAndTypes) {
  for (const auto type : {kFloat, kHalf, ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16}) {
    const InferredOutput output = output_of(infer({7, 0}, {}, type));
    EXPECT_EQ(output.type, type);
    EXPECT_EQ(output.dims, (std::vector<int64_t>{7, 0}));
    EXPECT_EQ(output.names, (std::vector<std::string>{"", ""}));
  }
}

TEST(ShapeInference, NamedDimensionsKeepTheirNames) {
  const InferredOutput output = output_of(infer({-1, 5}, {"batch", ""}));
  EXPECT_EQ(output.dims, (std::vector<int64_t>{-1, 5}));
  EXPECT_EQ(output.names, (std::vector<std::string>{"batch", ""}));
}

TEST(ShapeInference, UnknownDimensionsGetNamesOfTheirOwn) {
  const InferredOutput one = output_of(infer({-1, -1})), another = output_of(infer({-1, 3}));
  expect_unknown(one, 0);
  expect_unknown(one, 1);
  expect_unknown(another, 0);
  EXPECT_EQ(another.dims[1], 3);
  EXPECT_NE(one.names[0], one.names[1]) << "dimensions of one name are taken to be equal";
  EXPECT_NE(one.names[0], another.names[0]);
}

// The kernel refuses what is no matrix, in its own words; until then its gradient is one of any shape.
TEST(ShapeInference, UnknownOrWrongRanksAreAnyMatrix) {
  for (const std::vector<int64_t>& dims : {std::vector<int64_t>{}, {4}, {2, 3, 4}}) {
    const InferredOutput output = output_of(infer(dims, std::vector<std::string>(dims.size(), "name"), kHalf));
    EXPECT_EQ(output.type, kHalf);
    EXPECT_EQ(output.dims.size(), 2u);
    expect_unknown(output, 0);
    expect_unknown(output, 1);
  }
}

TEST(ShapeInference, AMissingInputIsTheRuntimesError) {
  for (const std::vector<OpTensor>& inputs : {std::vector<OpTensor>{{kFloat, {7}, {}}}, {{kFloat, {7}, {}}, {}}}) {
    const Inference inference = infer_shapes("NceLossGrad", inputs);
    EXPECT_EQ(inference.error, "no input " + std::to_string(kInputs));
    EXPECT_TRUE(inference.outputs.empty());
  }
}

}  // namespace
}  // namespace ortnce::test
