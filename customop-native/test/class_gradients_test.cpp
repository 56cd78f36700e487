// Sums by class against a map that adds every occurrence in double, at the level in use.
//
// Gradients of labels and candidates are random numbers of their own, so that nothing cancels by
// design. Each sum of n numbers in float may be off by (n + 1) 2^-24 of the sum of their magnitudes
// (one rounding for each product where it is not fused), biases, summed in double, by one rounding.
#include "kernels/class_gradients.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "support/executors.h"
#include "support/nce_gradient_case.h"

namespace ortnce::test {
namespace {

struct ClassSums {
  std::vector<int64_t> ids;
  std::vector<float> weights;  // [U, D]
  std::vector<float> biases;   // [U]
};

GradientArrays<float> any_gradients(const NceSizes& sizes, uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto array = [&](int64_t count) {
    std::vector<float> numbers(static_cast<size_t>(count));
    for (float& x : numbers) x = uniform(random);
    return numbers;
  };
  return {{}, array(sizes.batch * sizes.num_true), array(sizes.num_sampled * sizes.dim), array(sizes.num_sampled)};
}

/// Sums of the level in use; fails the test if they write outside their results.
ClassSums sum(NceCase& nce, GradientArrays<float>& gradients, kernels::Executor& executor) {
  constexpr float kGuard = -777.0f;
  const kernels::NceProblem problem = nce.problem();
  std::vector<kernels::IdGroups::Entry> entries(
      static_cast<size_t>(kernels::IdGroups::room(static_cast<int64_t>(nce.labels.size() + nce.sampled.size()))));
  const kernels::IdGroups groups = kernels::group_classes(problem, nce.sampled.data(), entries.data());
  const auto count = static_cast<size_t>(groups.count()), dim = static_cast<size_t>(nce.sizes.dim);
  ClassSums sums{std::vector<int64_t>(count + 1, -7), std::vector<float>(count * dim + 1, kGuard),
                 std::vector<float>(count + 1, kGuard)};
  const kernels::NceGradients parts{nullptr, gradients.true_slopes.data(), gradients.sampled.data(),
                                    gradients.sampled_biases.data()};
  groups.write_ids(sums.ids.data());
  kernels::sum_by_class(groups, problem, parts, executor, sums.weights.data(), sums.biases.data());
  std::vector<float> again(count * dim + 1, kGuard);
  kernels::sum_by_class(groups, problem, parts, executor, again.data(), nullptr);
  EXPECT_EQ(again, sums.weights) << "without biases";
  EXPECT_TRUE(sums.ids.back() == -7 && sums.weights.back() == kGuard && sums.biases.back() == kGuard);
  sums.ids.pop_back();
  sums.weights.pop_back();
  sums.biases.pop_back();
  return sums;
}

struct Total {
  double value = 0, magnitude = 0;
  int64_t count = 0;

  void add(double x) {
    value += x;
    magnitude += std::fabs(x);
    ++count;
  }
};

void expect_sums(NceCase& nce, uint64_t seed) {
  constexpr double u = 0x1p-24;
  const auto dim = static_cast<size_t>(nce.sizes.dim);
  GradientArrays<float> gradients = any_gradients(nce.sizes, seed);
  std::map<int64_t, std::vector<Total>> expected;  // by class: D weights and the bias
  const auto add = [&](int64_t id, double slope, const float* row, double bias) {
    std::vector<Total>& totals = expected.try_emplace(id, dim + 1).first->second;
    for (size_t d = 0; d < dim; ++d) totals[d].add(slope * static_cast<double>(row[d]));
    totals[dim].add(bias);
  };
  for (size_t at = 0; at < nce.labels.size(); ++at) {
    if (nce.labels[at] == NceCase::kIgnored) continue;
    const auto slope = static_cast<double>(gradients.true_slopes[at]);
    add(nce.labels[at], slope, nce.input(static_cast<int64_t>(at) / nce.sizes.num_true), slope);
  }
  for (size_t k = 0; k < nce.sampled.size(); ++k) {
    add(nce.sampled[k], 1, gradients.sampled.data() + k * dim, static_cast<double>(gradients.sampled_biases[k]));
  }

  kernels::SerialExecutor serial;
  const ClassSums sums = sum(nce, gradients, serial);
  std::vector<int64_t> ids;  // of the map: ascending and unique
  for (const auto& [id, totals] : expected) ids.push_back(id);
  ASSERT_EQ(sums.ids, ids);
  for (size_t group = 0; group < ids.size(); ++group) {
    const std::vector<Total>& totals = expected[ids[group]];
    for (size_t d = 0; d < dim; ++d) {
      ASSERT_NEAR(sums.weights[group * dim + d], totals[d].value,
                  static_cast<double>(totals[d].count + 1) * u * totals[d].magnitude)
          << "class " << ids[group] << ", column " << d;
    }
    ASSERT_NEAR(sums.biases[group], totals[dim].value, 1.01 * u * totals[dim].magnitude) << "class " << ids[group];
  }
}

TEST(ClassGradients, DuplicatesAreSummed) {
  uint64_t seed = 0;
  for (const int64_t dim : {0, 1, 3, 4, 7, 8, 15, 16, 17, 33, 64}) {
    for (const NceSizes& sizes : {NceSizes{1, 1, 1, dim, 1}, NceSizes{5, 3, 11, dim, 9}, NceSizes{40, 2, 70, dim, 400},
                                  NceSizes{70, 5, 300, dim, 20}, NceSizes{9, 4, 0, dim, 6}}) {
      SCOPED_TRACE(testing::Message() << "B " << sizes.batch << ", S " << sizes.num_sampled << ", D " << dim);
      NceCase nce(sizes, ++seed);
      for (size_t at = 0; at < nce.labels.size() && seed % 2 == 0; at += 3) nce.labels[at] = NceCase::kIgnored;
      expect_sums(nce, seed);
    }
  }
}

TEST(ClassGradients, HotClass) {
  // One class in every entry, and one that begins in each of the first tasks of 256 entries.
  NceCase one({700, 2, 900, 5, 1}, 50);
  expect_sums(one, 51);
  for (const int64_t before : {0, 1, 255, 256, 257, 600}) {
    NceCase nce({0, 1, 2000, 5, 3000}, 52);
    for (int64_t k = 0; k < 2000; ++k) nce.sampled[static_cast<size_t>((k * 7) % 2000)] = std::min(k, before);
    expect_sums(nce, 53);
  }
}

TEST(ClassGradients, LargeIds) {
  NceCase nce({1, 2, 3, 0, 1}, 54);
  nce.labels = {INT64_MAX, 0};
  nce.sampled = {int64_t{1} << 40, INT64_MAX, 5};
  GradientArrays<float> gradients = any_gradients(nce.sizes, 55);
  kernels::SerialExecutor serial;
  // With dim = 0 no row is read: any id will do.
  EXPECT_EQ(sum(nce, gradients, serial).ids, (std::vector<int64_t>{0, 5, int64_t{1} << 40, INT64_MAX}));
}

TEST(ClassGradients, NoClasses) {
  NceCase empty({0, 1, 0, 5}, 56);
  expect_sums(empty, 57);
  NceCase ignored({4, 2, 0, 5}, 58);
  std::fill(ignored.labels.begin(), ignored.labels.end(), NceCase::kIgnored);
  expect_sums(ignored, 59);
}

TEST(ClassGradients, ThreadsDoNotChangeABit) {
  for (const int64_t classes : {1, 60, 3000}) {
    NceCase nce({900, 3, 2500, 240, classes}, 60);
    GradientArrays<float> gradients = any_gradients(nce.sizes, 61);
    kernels::SerialExecutor serial;
    const ClassSums expected = sum(nce, gradients, serial);
    const auto expect_same = [&](kernels::Executor& executor) {
      const ClassSums sums = sum(nce, gradients, executor);
      EXPECT_TRUE(sums.weights == expected.weights && sums.biases == expected.biases);
    };
    for (const int count : {1, 2, 16}) {
      ThreadExecutor threads(count);
      expect_same(threads);
      EXPECT_GT(threads.most_tasks(), 1);
    }
    for (uint64_t seed = 0; seed < 3; ++seed) {
      ShufflingExecutor shuffling(seed);
      expect_same(shuffling);
    }
  }
}

}  // namespace
}  // namespace ortnce::test
