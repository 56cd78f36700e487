// DeduplicateIndexedSlices through the C API of the built library: shapes, types, order of addition
// and what it refuses.
#include <gtest/gtest.h>

#include <random>

#include "support/op_runtime.h"

namespace ortnce::test {
namespace {

constexpr const char* kName = "DeduplicateIndexedSlices";
constexpr auto kFloat = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kInt64 = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;

using Dims = std::vector<int64_t>;

/// One run of a kernel that knows types alone when it is created.
OpResult deduplicate(const OpTensor& indices, const OpTensor& values, int threads = 1) {
  const OpKernel kernel(kName, {{indices.type, {}, {}}, {values.type, {}, {}}});
  if (!kernel.error().empty()) return {{}, kernel.error()};
  return kernel.run({indices, values}, threads);
}

void expect_result(const OpResult& result, const std::vector<int64_t>& ids, const Dims& dims,
                   const std::vector<float>& sums) {
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(result.outputs[0].dims, Dims{static_cast<int64_t>(ids.size())});
  EXPECT_EQ(result.outputs[0].numbers<int64_t>(), ids);
  EXPECT_EQ(result.outputs[1].dims, dims);
  EXPECT_EQ(result.outputs[1].numbers<float>(), sums);
}

TEST(DeduplicateIndexedSlices, SumsRowsById) {
  const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8};
  expect_result(deduplicate(int64s({4}, {7, 2, 7, 0}), floats({4, 2}, values)), {0, 2, 7}, {3, 2}, {7, 8, 3, 4, 6, 8});
  expect_result(deduplicate(int32s({4}, {7, 2, 7, 0}), floats({4, 2}, values)), {0, 2, 7}, {3, 2}, {7, 8, 3, 4, 6, 8});
  const int64_t far = int64_t{1} << 40;
  expect_result(deduplicate(int64s({3}, {far, INT64_MAX, far}), floats({3}, {1, 2, 4})), {far, INT64_MAX}, {2}, {5, 2});
}

TEST(DeduplicateIndexedSlices, IndicesOfAnyRank) {
  const std::vector<float> values = {1, 2, 4, 8, 16, 32};
  expect_result(deduplicate(int64s({2, 3}, {5, 1, 5, 5, 1, 9}), floats({2, 3}, values)), {1, 5, 9}, {3}, {18, 13, 32});
  expect_result(deduplicate(int64s({3, 1}, {4, 4, 3}), floats({3, 1, 1, 2}, values)), {3, 4}, {2, 1, 2},
                {16, 32, 5, 10});
  expect_result(deduplicate(int64s({2}, {1, 1}), floats({2, 1, 3, 1}, values)), {1}, {1, 1, 3, 1}, {9, 18, 36});
}

TEST(DeduplicateIndexedSlices, SizesOfZero) {
  expect_result(deduplicate(int64s({0}, {}), floats({0, 3}, {})), {}, {0, 3}, {});
  expect_result(deduplicate(int64s({2, 0}, {}), floats({2, 0, 3}, {})), {}, {0, 3}, {});
  expect_result(deduplicate(int64s({3}, {6, 4, 6}), floats({3, 0, 5}, {})), {4, 6}, {2, 0, 5}, {});
  // Without an index the size of a row does not matter: it may overflow.
  const int64_t huge = int64_t{1} << 40;
  expect_result(deduplicate(int64s({0}, {}), floats({0, huge, huge}, {})), {}, {0, huge, huge}, {});
}

TEST(DeduplicateIndexedSlices, StrictlyAscendingIndices) {
  expect_result(deduplicate(int64s({3}, {0, 4, 5}), floats({3, 1}, {-0.5f, 2, 3})), {0, 4, 5}, {3, 1}, {-0.5f, 2, 3});
}

TEST(DeduplicateIndexedSlices, AddsInOrderOfPositionOnAnyThreads) {
  // 1e8 + 1 - 1e8 is 0 in float, 1e8 - 1e8 + 1 is not.
  expect_result(deduplicate(int64s({6}, {3, 3, 3, 2, 2, 2}), floats({6}, {1e8f, 1, -1e8f, 1e8f, -1e8f, 1})), {2, 3},
                {2}, {1, 0});
  constexpr int64_t kCount = 5000, kRow = 48;
  std::mt19937_64 random(5);
  std::vector<int64_t> ids(kCount);
  for (int64_t& id : ids) id = static_cast<int64_t>(random() % 700);
  std::vector<float> values(kCount * kRow);
  for (float& x : values) x = static_cast<float>(random() % 1'000'000) * 1e-3f;
  const OpResult one = deduplicate(int64s({kCount}, ids), floats({kCount, kRow}, values), 1);
  ASSERT_EQ(one.error, "");
  for (const int threads : {2, 7}) {
    const OpResult several = deduplicate(int64s({kCount}, ids), floats({kCount, kRow}, values), threads);
    EXPECT_TRUE(several.outputs[0].bytes == one.outputs[0].bytes && several.outputs[1].bytes == one.outputs[1].bytes);
  }
}

TEST(DeduplicateIndexedSlices, NegativeIndices) {
  const OpKernel kernel(kName, {{kInt64, {-1}, {}}, {kFloat, {-1, 1}, {}}});
  const OpTensor values = floats({5, 1}, {1, 2, 3, 4, 5});
  const OpResult refused = kernel.run({int64s({5}, {0, 1, 2, -1, -2}), values});
  EXPECT_EQ(refused.error, "DeduplicateIndexedSlices: indices[3] = -1 is negative, expected >= 0");
  EXPECT_EQ(refused.code, ORT_INVALID_ARGUMENT);
  expect_result(kernel.run({int64s({5}, {0, 1, 2, 1, 2}), values}), {0, 1, 2}, {3, 1}, {1, 6, 8});

  EXPECT_EQ(deduplicate(int32s({2, 1, 2}, {1, 2, INT32_MIN, 3}), floats({2, 1, 2}, {1, 2, 3, 4})).error,
            "DeduplicateIndexedSlices: indices[1,0,0] = -2147483648 is negative, expected >= 0");
}

TEST(DeduplicateIndexedSlices, WrongTypesAndShapes) {
  const auto created = [](const std::vector<OpTensor>& declared) { return OpKernel(kName, declared).error(); };
  EXPECT_EQ(created({}), "DeduplicateIndexedSlices: indices is missing");
  EXPECT_EQ(created({{kInt64, {4}, {}}}), "DeduplicateIndexedSlices: values is missing");
  EXPECT_EQ(created({{kFloat, {4}, {}}, {kFloat, {4}, {}}}),
            "DeduplicateIndexedSlices: indices must be int64 or int32, got float");
  EXPECT_EQ(created({{kInt64, {4}, {}}, {kInt64, {4}, {}}}),
            "DeduplicateIndexedSlices: values must be float, got int64");
  EXPECT_EQ(created({{kInt64, {2, 3}, {}}, {kFloat, {2, 4, 3}, {}}}),
            "DeduplicateIndexedSlices: the shape of values must begin with that of indices, [2, 3], got [2, 4, 3]");
  EXPECT_EQ(created({{kInt64, {2, -1}, {}}, {kFloat, {2}, {}}}),
            "DeduplicateIndexedSlices: the shape of values must begin with that of indices, [2, ?], got [2]");
  EXPECT_EQ(created({{kInt64, {2, -1}, {}}, {kFloat, {-1, 4, 3}, {}}}), "");
  EXPECT_EQ(created({{kInt64, {}, {}}, {kFloat, {3}, {}}}), "");

  EXPECT_EQ(deduplicate(int64s({}, {1}), floats({1}, {1})).error,
            "DeduplicateIndexedSlices: indices must have rank >= 1, got a scalar");
  EXPECT_EQ(deduplicate(int64s({2}, {1, 1}), floats({3, 1}, {1, 2, 3})).error,
            "DeduplicateIndexedSlices: the shape of values must begin with that of indices, [2], got [3, 1]");
}

}  // namespace
}  // namespace ortnce::test
