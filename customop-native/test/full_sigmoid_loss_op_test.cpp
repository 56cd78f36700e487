// FullSigmoidLoss through the C API of the built library: outputs and their subsets, reductions, label
// types, partitions, sizes of zero, threads, and what it refuses. Values are checked to half a unit of
// 1e-6 here; class_scan_*_test.cpp has the hard ones.
#include <gtest/gtest.h>

#include <cmath>

#include "support/class_op_case.h"

namespace ortnce::test {
namespace {

constexpr const char* kName = "FullSigmoidLoss";
enum { kLoss, kSoftmaxLoss, kTrueRanks, kTrueLogits };

OpAttributes attributes_of(int64_t num_true) { return {{{"num_true", num_true}}, {}}; }

TEST(FullSigmoidLossOp, OneExampleByHand) {
  const auto softplus = [](double x) { return std::log1p(std::exp(x)); };
  const OpResult result =
      run_op(kName, attributes_of(2),
             {floats({1, 1}, {2}), int64s({1, 2}, {1, 0}), floats({3}, {0.5, 0, 1}), floats({3, 1}, {1, -1, 0.5})});
  ASSERT_EQ(result.error, "");
  // Logits 2.5, -2, 2.
  const double loss = softplus(2.5) + softplus(-2) + softplus(2) - 0.25;
  const double softmax_loss = std::log(std::exp(2.5) + std::exp(-2) + std::exp(2)) - 0.25;
  EXPECT_NEAR(static_cast<double>(result.outputs[kLoss].numbers<float>()[0]), loss, 5e-7 * loss);
  EXPECT_NEAR(static_cast<double>(result.outputs[kSoftmaxLoss].numbers<float>()[0]), softmax_loss, 5e-7 * softmax_loss);
  EXPECT_EQ(result.outputs[kTrueRanks].numbers<int64_t>(), (std::vector<int64_t>{3, 1}));
  EXPECT_EQ(result.outputs[kTrueLogits].numbers<float>(), (std::vector<float>{-2, 2.5}));
  EXPECT_EQ(result.outputs[kTrueRanks].dims, (std::vector<int64_t>{1, 2}));
}

TEST(FullSigmoidLossOp, EverySubsetOfOutputs) {
  const ClassOpCase given(6, 2, 50, 3);
  const std::vector<OpTensor> inputs = {given.x(), given.y(), given.b(), given.w()};
  const OpResult all = run_op(kName, attributes_of(2), inputs);
  ASSERT_EQ(all.error, "");
  for (unsigned subset = 0; subset < 16; ++subset) {
    std::vector<bool> wanted;
    for (unsigned i = 0; i < 4; ++i) wanted.push_back((subset >> i & 1) != 0);
    const OpResult some = run_op(kName, attributes_of(2), inputs, wanted);
    ASSERT_EQ(some.error, "");
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(some.outputs[i].bytes, wanted[i] ? all.outputs[i].bytes : std::vector<unsigned char>()) << i;
    }
  }
}

TEST(FullSigmoidLossOp, ReductionsCountExamplesWithALabel) {
  ClassOpCase given(6, 2, 50, 3);
  for (const size_t at : {4u, 5u, 8u}) given.labels[at] = -100;
  OpAttributes attributes = attributes_of(2);
  attributes.ints["ignore_index"] = -100;
  const std::vector<OpTensor> inputs = {given.x(), given.y(), given.b(), given.w()};
  const OpResult none = run_op(kName, attributes, inputs);
  ASSERT_EQ(none.error, "");
  for (const size_t output : {kLoss, kSoftmaxLoss}) {
    const std::vector<float> losses = none.outputs[output].numbers<float>();
    EXPECT_EQ(losses[2], 0.0f) << "all labels ignored";
    double sum = 0;
    for (const float loss : losses) sum += static_cast<double>(loss);
    for (const auto& [reduction, expected] : {std::pair{"sum", sum}, {"mean", sum / 5}}) {
      attributes.strings["reduction"] = reduction;
      const OpResult reduced = run_op(kName, attributes, inputs);
      EXPECT_EQ(reduced.outputs[output].dims, std::vector<int64_t>());
      EXPECT_NEAR(static_cast<double>(reduced.outputs[output].numbers<float>()[0]), expected, 1e-6 * expected);
    }
  }
  EXPECT_EQ(none.outputs[kTrueRanks].numbers<int64_t>()[4], 0);
  EXPECT_EQ(none.outputs[kTrueRanks].numbers<int64_t>()[8], 0);
  EXPECT_GT(none.outputs[kTrueRanks].numbers<int64_t>()[9], 0);
  EXPECT_EQ(none.outputs[kTrueLogits].numbers<float>()[8], 0.0f);
}

TEST(FullSigmoidLossOp, Int32LabelsPartitionsAndPaddingRows) {
  const ClassOpCase given(6, 2, 50, 3);
  const OpResult expected = run_op(kName, attributes_of(2), {given.x(), given.y(), given.b(), given.w()});
  const auto expect_same = [&](const OpAttributes& attributes, const std::vector<OpTensor>& inputs) {
    const OpResult result = run_op(kName, attributes, inputs);
    ASSERT_EQ(result.error, "");
    for (size_t i = 0; i < 4; ++i) EXPECT_EQ(result.outputs[i].bytes, expected.outputs[i].bytes) << i;
  };
  const std::vector<int32_t> narrow(given.labels.begin(), given.labels.end());
  expect_same(attributes_of(2), {given.x(), int32s({6, 2}, narrow), given.b(), given.w()});
  expect_same(attributes_of(2), {given.x(), given.y(), given.b(), given.w(0, 7), given.w(7, 7), given.w(7, 50)});
  std::vector<float> even, odd;
  for (int64_t c = 0; c < 50; ++c) {
    std::vector<float>& half = c % 2 == 0 ? even : odd;
    half.insert(half.end(), given.weights.begin() + 3 * c, given.weights.begin() + 3 * c + 3);
  }
  OpAttributes mod = attributes_of(2);
  mod.strings["partition_strategy"] = "mod";
  expect_same(mod, {given.x(), given.y(), given.b(), floats({25, 3}, even), floats({25, 3}, odd)});
  OpAttributes padded = attributes_of(2);
  padded.ints["num_classes"] = 50;
  expect_same(padded, {given.x(), given.y(), given.b(), given.w(), given.w(0, 9)});
}

TEST(FullSigmoidLossOp, SizesOfZeroAndOne) {
  const OpResult none =
      run_op(kName, {}, {floats({0, 3}, {}), int64s({0, 1}, {}), kAbsent, floats({2, 3}, {1, 2, 3, 4, 5, 6})});
  ASSERT_EQ(none.error, "");
  EXPECT_EQ(none.outputs[kLoss].dims, std::vector<int64_t>{0});
  EXPECT_EQ(none.outputs[kTrueRanks].dims, (std::vector<int64_t>{0, 1}));
  for (const char* reduction : {"mean", "sum"}) {
    const OpResult reduced = run_op(kName, {{}, {{"reduction", reduction}}},
                                    {floats({0, 3}, {}), int64s({0, 1}, {}), kAbsent, floats({1, 3}, {1, 2, 3})});
    EXPECT_EQ(reduced.outputs[kLoss].numbers<float>(), std::vector<float>{0});
  }
  const OpResult one = run_op(kName, {}, {floats({1, 0}, {}), int64s({1, 1}, {0}), kAbsent, floats({1, 0}, {})});
  ASSERT_EQ(one.error, "");
  EXPECT_NEAR(static_cast<double>(one.outputs[kLoss].numbers<float>()[0]), std::log(2.0), 1e-7);
  EXPECT_EQ(one.outputs[kSoftmaxLoss].numbers<float>(), std::vector<float>{0});
  EXPECT_EQ(one.outputs[kTrueRanks].numbers<int64_t>(), std::vector<int64_t>{1});
}

TEST(FullSigmoidLossOp, ThreadsDoNotChangeABit) {
  const ClassOpCase given(150, 2, 20'000, 12);
  const std::vector<OpTensor> inputs = {given.x(), given.y(), given.b(), given.w()};
  const OpResult one = run_op(kName, attributes_of(2), inputs);
  ASSERT_EQ(one.error, "");
  for (const int threads : {2, 7}) {
    const OpResult several = run_op(kName, attributes_of(2), inputs, {}, threads);
    for (size_t i = 0; i < 4; ++i) EXPECT_EQ(several.outputs[i].bytes, one.outputs[i].bytes) << i;
  }
}

TEST(FullSigmoidLossOp, LabelsOutside) {
  ClassOpCase given(6, 2, 50, 3);
  const OpKernel kernel(kName, types_of({given.x(), given.y(), given.b(), given.w()}), attributes_of(2));
  given.labels[7] = 50;
  OpResult refused = kernel.run({given.x(), given.y(), given.b(), given.w()});
  EXPECT_EQ(refused.error, "FullSigmoidLoss: labels[3,1] = 50 is outside [0, 50)");
  EXPECT_EQ(refused.code, ORT_INVALID_ARGUMENT);
  given.labels[7] = -1;
  refused = kernel.run({given.x(), given.y(), given.b(), given.w()});
  EXPECT_EQ(refused.error, "FullSigmoidLoss: labels[3,1] = -1 is outside [0, 50)");
  given.labels[7] = 49;
  EXPECT_EQ(kernel.run({given.x(), given.y(), given.b(), given.w()}).error, "");
}

TEST(FullSigmoidLossOp, WrongTypesShapesAndAttributes) {
  const OpTensor x = floats({6, 3}, std::vector<float>(18)), y = int64s({6, 1}, std::vector<int64_t>(6));
  const OpTensor w = floats({5, 3}, std::vector<float>(15)), b = floats({5}, std::vector<float>(5));
  const auto created = [](const OpAttributes& attributes, const std::vector<OpTensor>& declared) {
    return creation_error(kName, attributes, declared);
  };
  EXPECT_EQ(created({}, {x, y, b, w}), "");
  EXPECT_EQ(created({}, {x, y, b}), "FullSigmoidLoss: weights is missing");
  EXPECT_EQ(created({}, {kAbsent, y, b, w}), "FullSigmoidLoss: inputs is missing");
  EXPECT_EQ(created({}, {x, kAbsent, b, w}), "FullSigmoidLoss: labels is missing");
  EXPECT_EQ(created({}, {x, x, b, w}), "FullSigmoidLoss: labels must be int64 or int32, got float");
  EXPECT_EQ(created({}, {y, y, b, w}), "FullSigmoidLoss: inputs must be float, float16 or bfloat16, got int64");
  EXPECT_EQ(created({}, {x, y, b, w, y}), "FullSigmoidLoss: weights[1] must be float, float16 or bfloat16, got int64");
  const auto of_type = [](ONNXTensorElementDataType type, OpTensor declared) {
    declared.type = type;
    return declared;
  };
  constexpr auto kFloat16 = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, kBfloat16 = ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16;
  const OpTensor half_w = of_type(kFloat16, w), half_b = of_type(kFloat16, b), half_x = of_type(kFloat16, x);
  EXPECT_EQ(created({}, {x, y, half_b, half_w}), "");
  EXPECT_EQ(created({}, {half_x, y, half_b, half_w}), "");
  EXPECT_EQ(created({}, {x, y, b, half_w}), "FullSigmoidLoss: biases must be float16 like weights, got float");
  EXPECT_EQ(created({}, {half_x, y, kAbsent, w}), "FullSigmoidLoss: weights must be float16 like inputs, got float");
  EXPECT_EQ(created({}, {of_type(kBfloat16, x), y, kAbsent, half_w}),
            "FullSigmoidLoss: weights must be bfloat16 like inputs, got float16");
  EXPECT_EQ(created({}, {x, y, kAbsent, half_w, w}),
            "FullSigmoidLoss: weights[1] must be float16 like weights[0], got float");
  EXPECT_EQ(created({}, {x, floats({6}, {}), b, w}), "FullSigmoidLoss: labels must be int64 or int32, got float");
  EXPECT_EQ(created({}, {x, int64s({6, 2}, {}), b, w}),
            "FullSigmoidLoss: labels must have shape [batch of inputs, num_true] = [6, 1], got [6, 2]: dimension 1 is "
            "2, expected 1");
  EXPECT_EQ(created({}, {x, y, b, floats({5, 4}, {})}),
            "FullSigmoidLoss: weights must have shape [rows, dim of inputs] = [?, 3], got [5, 4]: dimension 1 is 4, "
            "expected 3");
  EXPECT_EQ(created({}, {x, y, floats({4}, {}), w}),
            "FullSigmoidLoss: biases must have num_classes = 5 elements (or 5, the rows of the weights), got 4");
  EXPECT_EQ(created({{{"num_classes", 6}}, {}}, {x, y, b, w}),
            "FullSigmoidLoss: num_classes = 6 must be at most the rows of the weights, 5");
  EXPECT_EQ(created({{{"num_classes", 0}}, {}}, {x, y, b, w}), "FullSigmoidLoss: num_classes must be >= 1, got 0");
  EXPECT_EQ(created({{{"num_true", 0}}, {}}, {x, y, b, w}), "FullSigmoidLoss: num_true must be >= 1, got 0");
  EXPECT_EQ(created({{}, {{"partition_strategy", "hash"}}}, {x, y, b, w}),
            "FullSigmoidLoss: attribute partition_strategy must be one of \"div\", \"mod\", got \"hash\"");
  EXPECT_EQ(created({{}, {{"partition_strategy", "mod"}}}, {x, y, b, floats({3, 3}, {}), w}),
            "FullSigmoidLoss: weights of partition_strategy \"mod\" must have [4, 4] rows, got [3, 5]");
  EXPECT_EQ(created({{}, {{"reduction", "avg"}}}, {x, y, b, w}),
            "FullSigmoidLoss: attribute reduction must be one of \"none\", \"mean\", \"sum\", got \"avg\"");
  EXPECT_EQ(created({{}, {{"num_true", "1"}}}, {x, y, b, w}),
            "FullSigmoidLoss: attribute num_true must be an int, got a string");
  EXPECT_EQ(run_op(kName, {}, {x, y, b, floats({0, 3}, {})}).error,
            "FullSigmoidLoss: num_classes must be >= 1, got 0: the weights have no rows");
}

}  // namespace
}  // namespace ortnce::test
