// TopKClasses through the C API of the built library: order, partitions, ranges of classes, sizes,
// threads, and what it refuses.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/class_op_case.h"

namespace ortnce::test {
namespace {

constexpr const char* kName = "TopKClasses";

OpAttributes top(int64_t k) { return {{{"k", k}}, {}}; }

TEST(TopKClassesOp, ByHand) {
  const OpResult result = run_op(kName, top(3), {floats({2, 1}, {1, -1}), kAbsent, floats({5, 1}, {3, 1, 3, -2, 0})});
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(result.outputs[0].dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(result.outputs[0].numbers<int64_t>(), (std::vector<int64_t>{0, 2, 1, 3, 4, 1}));
  EXPECT_EQ(result.outputs[1].dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(result.outputs[1].numbers<float>(), (std::vector<float>{3, 3, 1, 2, 0, -1}));
  const OpResult biased =
      run_op(kName, top(1), {floats({2, 1}, {1, -1}), floats({5}, {0, 9, 0, 0, 0}), floats({5, 1}, {3, 1, 3, -2, 0})});
  EXPECT_EQ(biased.outputs[0].numbers<int64_t>(), (std::vector<int64_t>{1, 1}));
}

TEST(TopKClassesOp, ThreadsAndPartitionsDoNotChangeABit) {
  const ClassOpCase given(70, 1, 30'000, 3);
  for (const int64_t k : {1, 50, 9000}) {
    const OpResult one = run_op(kName, top(k), {given.x(), given.b(), given.w()});
    ASSERT_EQ(one.error, "");
    const OpResult threads = run_op(kName, top(k), {given.x(), given.b(), given.w()}, {}, 6);
    const OpResult parts = run_op(kName, top(k), {given.x(), given.b(), given.w(0, 111), given.w(111, 30'000)});
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(threads.outputs[i].bytes, one.outputs[i].bytes);
      EXPECT_EQ(parts.outputs[i].bytes, one.outputs[i].bytes);
    }
  }
}

TEST(TopKClassesOp, RangesMergeToTheWhole) {
  const ClassOpCase given(3, 1, 500, 2);
  constexpr int64_t k = 20;
  const OpResult whole = run_op(kName, top(k), {given.x(), given.b(), given.w()});
  std::vector<std::vector<std::pair<float, int64_t>>> found(3);
  for (const auto& [begin, end] : {std::pair<int64_t, int64_t>{0, 100}, {100, 333}, {333, 500}}) {
    const OpResult part =
        run_op(kName, {{{"k", k}, {"class_begin", begin}}, {}}, {given.x(), given.b(begin, end), given.w(begin, end)});
    ASSERT_EQ(part.error, "");
    const std::vector<int64_t> ids = part.outputs[0].numbers<int64_t>();
    const std::vector<float> logits = part.outputs[1].numbers<float>();
    for (size_t at = 0; at < ids.size(); ++at) found[at / k].emplace_back(-logits[at], ids[at]);
  }
  for (size_t i = 0; i < 3; ++i) {
    std::sort(found[i].begin(), found[i].end());
    for (size_t place = 0; place < k; ++place) {
      EXPECT_EQ(whole.outputs[0].numbers<int64_t>()[i * k + place], found[i][place].second);
      EXPECT_EQ(whole.outputs[1].numbers<float>()[i * k + place], -found[i][place].first);
    }
  }
}

TEST(TopKClassesOp, SizesOfZeroAndPaddingRows) {
  const OpResult none = run_op(kName, top(2), {floats({0, 1}, {}), kAbsent, floats({2, 1}, {1, 2})});
  ASSERT_EQ(none.error, "");
  EXPECT_EQ(none.outputs[0].dims, (std::vector<int64_t>{0, 2}));
  const OpResult flat = run_op(kName, top(2), {floats({1, 0}, {}), floats({2}, {1, 2}), floats({2, 0}, {})});
  EXPECT_EQ(flat.outputs[0].numbers<int64_t>(), (std::vector<int64_t>{1, 0}));
  const OpResult padded =
      run_op(kName, {{{"k", 2}, {"num_classes", 2}}, {}}, {floats({1, 1}, {1}), kAbsent, floats({3, 1}, {1, 2, 9})});
  EXPECT_EQ(padded.outputs[0].numbers<int64_t>(), (std::vector<int64_t>{1, 0}));
}

TEST(TopKClassesOp, WhatItRefuses) {
  const OpTensor x = floats({6, 3}, std::vector<float>(18)), w = floats({5, 3}, std::vector<float>(15));
  const auto created = [](const OpAttributes& attributes, const std::vector<OpTensor>& declared) {
    return creation_error(kName, attributes, declared);
  };
  EXPECT_EQ(created(top(5), {x, kAbsent, w}), "");
  EXPECT_EQ(created({}, {x, kAbsent, w}), "TopKClasses: attribute k is missing");
  EXPECT_EQ(created(top(0), {x, kAbsent, w}), "TopKClasses: k must be >= 1, got 0");
  EXPECT_EQ(created(top(6), {x, kAbsent, w}), "TopKClasses: k must be at most num_classes = 5, got 6");
  EXPECT_EQ(created({{{"k", 1}, {"class_begin", -1}}, {}}, {x, kAbsent, w}),
            "TopKClasses: class_begin must be >= 0, got -1");
  EXPECT_EQ(created(top(1), {x, kAbsent}), "TopKClasses: weights is missing");
  EXPECT_EQ(created(top(1), {kAbsent, kAbsent, w}), "TopKClasses: inputs is missing");
  EXPECT_EQ(created(top(1), {x, floats({6}, {}), w}),
            "TopKClasses: biases must have num_classes = 5 elements (or 5, the rows of the weights), got 6");
  EXPECT_EQ(created(top(1), {x, kAbsent, int64s({5, 3}, {})}), "TopKClasses: weights must be float, float16 or bfloat16, got int64");
  EXPECT_EQ(run_op(kName, top(6), {x, kAbsent, w}).error, "TopKClasses: k must be at most num_classes = 5, got 6");
}

}  // namespace
}  // namespace ortnce::test
