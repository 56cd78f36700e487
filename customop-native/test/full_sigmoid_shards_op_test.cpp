// FullSigmoidLossShard and CombineFullSigmoidLoss through the C API of the built library: any split of
// the classes gives the bits of FullSigmoidLoss; and what the two refuse.
#include <gtest/gtest.h>

#include "support/class_op_case.h"

namespace ortnce::test {
namespace {

constexpr const char *kWhole = "FullSigmoidLoss", *kShard = "FullSigmoidLossShard",
                     *kCombine = "CombineFullSigmoidLoss";
constexpr int64_t kChunk = 8192;
enum { kSoftplusSums, kLogSumExps, kTrueLogits, kLargerCounts };

OpAttributes with(OpAttributes attributes, const char* name, int64_t value) {
  attributes.ints[name] = value;
  return attributes;
}

/// Joins [B, n] tensors along axis 1.
std::vector<double> concatenate(int64_t batch, const std::vector<std::vector<double>>& parts) {
  std::vector<double> joined;
  for (int64_t i = 0; i < batch; ++i) {
    for (const std::vector<double>& part : parts) {
      const auto columns = static_cast<std::ptrdiff_t>(part.size()) / batch;
      joined.insert(joined.end(), part.begin() + i * columns, part.begin() + (i + 1) * columns);
    }
  }
  return joined;
}

/// What a coordinator of processes does: one round for the logits of the labels, one for the rest.
OpResult sharded(const ClassOpCase& given, const OpAttributes& attributes, const std::vector<int64_t>& cuts) {
  const auto run = [&](size_t i, const OpTensor& true_logits, const std::vector<bool>& wanted) {
    OpAttributes of_shard = with(with(attributes, "num_classes", given.classes), "class_begin", cuts[i]);
    of_shard.strings.erase("reduction");
    OpResult result =
        run_op(kShard, of_shard,
               {given.x(), given.y(), true_logits, given.b(cuts[i], cuts[i + 1]), given.w(cuts[i], cuts[i + 1])},
               wanted, static_cast<int>(1 + i));
    EXPECT_EQ(result.error, "");
    return result;
  };
  const std::vector<int64_t> dims = {given.batch, given.num_true};
  std::vector<float> logits(given.labels.size());
  std::vector<int64_t> counts(given.labels.size());
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    const OpResult found = run(i, kAbsent, {false, false, true, false});
    EXPECT_TRUE(found.outputs[kSoftplusSums].bytes.empty() && found.outputs[kLargerCounts].bytes.empty());
    for (size_t at = 0; at < logits.size(); ++at) logits[at] += found.outputs[kTrueLogits].numbers<float>()[at];
  }
  std::vector<std::vector<double>> sums, exponentials;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    const OpResult found = run(i, floats(dims, logits), {});
    sums.push_back(found.outputs[kSoftplusSums].numbers<double>());
    exponentials.push_back(found.outputs[kLogSumExps].numbers<double>());
    for (size_t at = 0; at < counts.size(); ++at) counts[at] += found.outputs[kLargerCounts].numbers<int64_t>()[at];
  }
  const std::vector<int64_t> chunks = {given.batch, (given.classes + kChunk - 1) / kChunk};
  return run_op(kCombine, with(attributes, "num_classes", given.classes),
                {given.y(), floats(dims, logits), doubles(chunks, concatenate(given.batch, sums)),
                 doubles(chunks, concatenate(given.batch, exponentials)), int64s(dims, counts)});
}

TEST(FullSigmoidShardsOp, AnySplitGivesTheWholeBitForBit) {
  for (const int64_t classes : {3 * kChunk, 3 * kChunk + 1, 4 * kChunk - 1}) {
    ClassOpCase given(37, 3, classes, 2);
    for (const size_t at : {3u, 4u, 5u, 10u}) given.labels[at] = -1;
    given.labels[6] = given.labels[8];
    for (const char* reduction : {"none", "mean", "sum"}) {
      const OpAttributes attributes{{{"num_true", 3}, {"ignore_index", -1}}, {{"reduction", reduction}}};
      const OpResult whole = run_op(kWhole, attributes, {given.x(), given.y(), given.b(), given.w()});
      ASSERT_EQ(whole.error, "");
      for (const std::vector<int64_t>& cuts : std::vector<std::vector<int64_t>>{
               {0, classes}, {0, kChunk, classes}, {0, 2 * kChunk, classes}, {0, kChunk, 2 * kChunk, classes}}) {
        const OpResult combined = sharded(given, attributes, cuts);
        ASSERT_EQ(combined.error, "");
        for (size_t i = 0; i < 3; ++i) EXPECT_EQ(combined.outputs[i].bytes, whole.outputs[i].bytes) << i;
      }
    }
  }
}

TEST(FullSigmoidShardsOp, OutputsAloneAreTheSame) {
  const ClassOpCase given(5, 1, kChunk + 3, 4);
  const OpAttributes attributes{{{"num_classes", given.classes}}, {}};
  const std::vector<OpTensor> inputs = {given.x(), given.y(), floats({5, 1}, {0, 1, 2, 3, 4}), given.b(), given.w()};
  const OpResult all = run_op(kShard, attributes, inputs);
  ASSERT_EQ(all.error, "");
  EXPECT_EQ(all.outputs[kSoftplusSums].dims, (std::vector<int64_t>{5, 2}));
  EXPECT_EQ(all.outputs[kLogSumExps].dims, (std::vector<int64_t>{5, 2}));
  for (size_t i = 0; i < 4; ++i) {
    std::vector<bool> wanted(4);
    wanted[i] = true;
    EXPECT_EQ(run_op(kShard, attributes, inputs, wanted).outputs[i].bytes, all.outputs[i].bytes) << i;
  }
}

TEST(FullSigmoidShardsOp, RowsPastTheLastClassArePadding) {
  const ClassOpCase given(5, 1, kChunk + 30, 4);
  ClassOpCase cut = given;
  cut.classes = kChunk + 3;
  for (int64_t& label : cut.labels) label %= cut.classes;
  const OpAttributes attributes{{{"num_classes", cut.classes}, {"class_begin", kChunk}}, {}};
  const OpTensor logits = floats({5, 1}, {0, 0, 0, 0, 0});
  const OpResult exact =
      run_op(kShard, attributes, {cut.x(), cut.y(), logits, cut.b(kChunk, kChunk + 3), cut.w(kChunk, kChunk + 3)});
  const OpResult padded = run_op(
      kShard, attributes, {cut.x(), cut.y(), logits, given.b(kChunk, kChunk + 30), given.w(kChunk, kChunk + 30)});
  ASSERT_EQ(exact.error + padded.error, "");
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(padded.outputs[i].bytes, exact.outputs[i].bytes) << i;
}

TEST(FullSigmoidShardsOp, WhatAShardRefuses) {
  const ClassOpCase given(5, 1, 20, 4);
  const std::vector<OpTensor> inputs = {given.x(), given.y(), kAbsent, given.b(), given.w()};
  const auto error = [&](OpAttributes::Named<int64_t> ints,
                         const std::vector<bool>& wanted = {true, true, true, false}) {
    return run_op(kShard, {std::move(ints), {}}, inputs, wanted).error;
  };
  EXPECT_EQ(error({}), "FullSigmoidLossShard: attribute num_classes is missing");
  EXPECT_EQ(error({{"num_classes", 20}}), "");
  EXPECT_EQ(error({{"num_classes", 20}}, {}),
            "FullSigmoidLossShard: true_logits is missing: output larger_counts needs the logits of all labels");
  EXPECT_EQ(error({{"num_classes", 20}, {"class_begin", 7}}),
            "FullSigmoidLossShard: class_begin must be a multiple of 8192 and >= 0, got 7");
  EXPECT_EQ(error({{"num_classes", 20}, {"class_begin", -8192}}),
            "FullSigmoidLossShard: class_begin must be a multiple of 8192 and >= 0, got -8192");
  EXPECT_EQ(error({{"num_classes", 20}, {"class_begin", 8192}}),
            "FullSigmoidLossShard: class_begin must be below num_classes = 20, got 8192");
  EXPECT_EQ(
      error({{"num_classes", 30'000}, {"class_begin", 8192}}),
      "FullSigmoidLossShard: the classes of the weights must end at a multiple of 8192 or at num_classes = 30000, "
      "got class_begin + rows = 8212");
  EXPECT_EQ(error({{"num_classes", 8212}, {"class_begin", 8192}}), "");
  EXPECT_EQ(
      creation_error(kShard, {{{"num_classes", 20}}, {}},
                     {given.x(), given.y(), floats({5, 2}, {}), given.b(), given.w()}),
      "FullSigmoidLossShard: true_logits must have shape [batch, num_true] = [5, 1], got [5, 2]: dimension 1 is 2, "
      "expected 1");
  EXPECT_EQ(
      creation_error(kShard, {{{"num_classes", 20}}, {}}, {given.x(), given.y(), given.y(), given.b(), given.w()}),
      "FullSigmoidLossShard: true_logits must be float, got int64");
  ClassOpCase outside = given;
  outside.labels[2] = 20;
  EXPECT_EQ(run_op(kShard, {{{"num_classes", 20}}, {}}, {outside.x(), outside.y(), kAbsent, outside.b(), outside.w()},
                   {true, false, false, false})
                .error,
            "FullSigmoidLossShard: labels[2,0] = 20 is outside [0, 20)");
}

TEST(FullSigmoidShardsOp, WhatTheCombinationRefuses) {
  const OpTensor y = int64s({2, 1}, {3, 4}), logits = floats({2, 1}, {1, 2}), sums = doubles({2, 1}, {5, 6});
  const OpTensor counts = int64s({2, 1}, {0, 19});
  const auto error = [](const std::vector<OpTensor>& inputs, const std::vector<bool>& wanted = {},
                        OpAttributes::Named<int64_t> ints = {{"num_classes", 20}}) {
    return run_op(kCombine, {std::move(ints), {}}, inputs, wanted).error;
  };
  EXPECT_EQ(error({y, logits, sums, sums, counts}), "");
  EXPECT_EQ(error({y, logits, sums}, {true, false, false}), "");
  EXPECT_EQ(error({y, logits, sums}), "CombineFullSigmoidLoss: log_sum_exps is missing: output softmax_loss needs it");
  EXPECT_EQ(error({y, logits, sums, sums}),
            "CombineFullSigmoidLoss: larger_counts is missing: output true_ranks needs it");
  EXPECT_EQ(error({y, logits}), "CombineFullSigmoidLoss: softplus_sums is missing");
  EXPECT_EQ(error({y, logits, sums}, {}, {}), "CombineFullSigmoidLoss: attribute num_classes is missing");
  EXPECT_EQ(error({y, logits, sums}, {}, {{"num_classes", 0}}),
            "CombineFullSigmoidLoss: num_classes must be >= 1, got 0");
  EXPECT_EQ(error({y, logits, sums}, {true, false, false}, {{"num_classes", 20'000}}),
            "CombineFullSigmoidLoss: softplus_sums must have shape [batch of labels, chunks of num_classes] = [2, 3], "
            "got [2, 1]: dimension 1 is 1, expected 3");
  EXPECT_EQ(error({y, logits, logits}), "CombineFullSigmoidLoss: softplus_sums must be double, got float");
  EXPECT_EQ(error({y, logits, sums, sums, int64s({2, 1}, {0, 20})}),
            "CombineFullSigmoidLoss: larger_counts[1,0] = 20 is outside [0, 20)");
  EXPECT_EQ(error({y, floats({2, 2}, {1, 2, 3, 4}), sums}),
            "CombineFullSigmoidLoss: true_logits must have shape [batch of labels, num_true] = [2, 1], got [2, 2]: "
            "dimension 1 is 2, expected 1");
  EXPECT_EQ(error({int64s({2, 1}, {3, 20}), logits, sums}),
            "CombineFullSigmoidLoss: labels[1,0] = 20 is outside [0, 20)");
}

}  // namespace
}  // namespace ortnce::test
