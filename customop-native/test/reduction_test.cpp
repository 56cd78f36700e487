// reduce_losses: exact values; the mean counts the examples it is told, over none it is 0.
// Sums are in double: 2^24 + 1 + 1 is exact there, not in float.
#include "kernels/reduction.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace ortnce::kernels {
namespace {

float reduce(const std::vector<double>& losses, int64_t counted, Reduction reduction) {
  float result[2] = {-1, -1};
  reduce_losses(losses.data(), static_cast<int64_t>(losses.size()), counted, reduction, result);
  EXPECT_EQ(result[1], -1.0f) << "a reduction writes one element";
  return result[0];
}

TEST(Reduction, NoneRoundsEachLoss) {
  const std::vector<double> losses = {0.1, 0, 16777217, 1e-46, 2.5};
  std::vector<float> out(6, -1);
  reduce_losses(losses.data(), 5, 5, Reduction::kNone, out.data());
  EXPECT_EQ(out, (std::vector<float>{0.1f, 0, 16777216, 0, 2.5f, -1}));
}

TEST(Reduction, SumAndMean) {
  const std::vector<double> losses = {16777216, 1, 1, 0};
  EXPECT_EQ(reduce(losses, 3, Reduction::kSum), 16777218.0f);
  EXPECT_EQ(reduce(losses, 3, Reduction::kMean), 5592406.0f);  // an ignored example does not count
  EXPECT_EQ(reduce({6, 0}, 2, Reduction::kMean), 3.0f);
}

TEST(Reduction, Empty) {
  EXPECT_EQ(reduce({}, 0, Reduction::kSum), 0.0f);
  EXPECT_EQ(reduce({}, 0, Reduction::kMean), 0.0f);
  EXPECT_EQ(reduce({0, 0}, 0, Reduction::kMean), 0.0f);
  reduce_losses(nullptr, 0, 0, Reduction::kNone, nullptr);
}

TEST(Reduction, SpecialValuesStay) {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(reduce({1, inf}, 2, Reduction::kMean), std::numeric_limits<float>::infinity());
  EXPECT_NE(reduce({1, nan}, 2, Reduction::kSum), reduce({1, nan}, 2, Reduction::kSum));
}

}  // namespace
}  // namespace ortnce::kernels
