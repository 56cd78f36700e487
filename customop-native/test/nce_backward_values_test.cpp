// Special values in nce_backward at the level in use: what must be exactly 0, limits of logits, and
// how far NaN reaches.
//
// With D = 0 the offsets are the logits, and true_slopes and sampled_biases their slopes. The batch of
// 53 and 41 candidates fill no tile, panel or block of any level, so the padding of each takes part.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/nce_gradient_case.h"

namespace ortnce::test {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

bool all_zero(const std::vector<float>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](float x) { return x == 0; });
}

std::vector<float> row_of(const std::vector<float>& rows, int64_t row, int64_t width) {
  return {rows.begin() + row * width, rows.begin() + (row + 1) * width};
}

/// Slopes of one example whose logits are `true_logits` and `sampled_logits`.
GradientArrays<float> slopes_of(const std::vector<float>& true_logits, const std::vector<float>& sampled_logits,
                                float loss_grad = 1) {
  NceCase nce({1, static_cast<int64_t>(true_logits.size()), static_cast<int64_t>(sampled_logits.size()), 0}, 1);
  nce.true_offsets = true_logits;
  nce.sampled_offsets = sampled_logits;
  return backward(nce.problem(), {loss_grad});
}

TEST(NceBackwardValues, LargeLogitsKeepRelativeAccuracy) {
  constexpr double kThreeUlp = 6 * 0x1p-24, kSubnormal = 0x1p-148;
  for (const float x : {100.0f, 103.0f, 88.73f, 87.0f, 50.0f, 17.0f, 1.0f, 1e-30f, 0.0f}) {
    const double tail = 1 / (1 + std::exp(static_cast<double>(x))), rest = 1 / (1 + std::exp(static_cast<double>(-x)));
    const GradientArrays<float> up = slopes_of({x}, {x}), down = slopes_of({-x}, {-x});
    EXPECT_NEAR(up.true_slopes[0], -tail, kThreeUlp * tail + kSubnormal) << x;
    EXPECT_NEAR(down.true_slopes[0], -rest, kThreeUlp * rest) << x;
    EXPECT_NEAR(up.sampled_biases[0], rest, kThreeUlp * rest) << x;
    EXPECT_NEAR(down.sampled_biases[0], tail, kThreeUlp * tail + kSubnormal) << x;
    EXPECT_LT(up.true_slopes[0], 0) << x;
    EXPECT_GT(down.sampled_biases[0], 0) << x;
  }
}

TEST(NceBackwardValues, InfiniteLogitsGiveTheLimit) {
  for (const float loss_grad : {1.0f, -2.5f, 0.0f}) {
    for (int num_true = 1; num_true <= 20; ++num_true) {
      const auto size = static_cast<size_t>(num_true);
      const float share = 1 / static_cast<float>(num_true);
      const GradientArrays<float> up = slopes_of(std::vector<float>(size, kInf), {}, loss_grad);
      const GradientArrays<float> down = slopes_of(std::vector<float>(size, -kInf), {}, loss_grad);
      for (const float slope : up.true_slopes) EXPECT_EQ(slope, loss_grad * (1 - share));
      for (const float slope : down.true_slopes) EXPECT_EQ(slope, loss_grad * -share);
    }
    for (size_t sampled = 1; sampled <= 40; ++sampled) {
      const GradientArrays<float> up = slopes_of({0}, std::vector<float>(sampled, kInf), loss_grad);
      const GradientArrays<float> down = slopes_of({0}, std::vector<float>(sampled, -kInf), loss_grad);
      for (const float slope : up.sampled_biases) EXPECT_EQ(slope, loss_grad);
      EXPECT_TRUE(all_zero(down.sampled_biases));
    }
  }
  // Rows stay finite: slopes of 0 and 1 times them.
  NceCase nce({1, 1, 2, 19}, 2);
  nce.true_offsets = {kInf};
  nce.sampled_offsets = {kInf, -kInf};
  const GradientArrays<float> gradients = backward(nce.problem(), {1});
  for (int64_t d = 0; d < 19; ++d) {
    const auto at = static_cast<size_t>(d);
    EXPECT_EQ(gradients.inputs[at], nce.weight(nce.sampled[0])[d]);
    EXPECT_EQ(gradients.sampled[at], nce.input(0)[d]);
    EXPECT_EQ(gradients.sampled[19 + at], 0);
  }
}

TEST(NceBackwardValues, ExampleWithoutCountedLabelsHasNoGradient) {
  for (const int64_t alone : {0, 17, 52}) {
    NceCase nce({53, 2, 41, 19}, 3);
    nce.label(alone, 0) = nce.label(alone, 1) = NceCase::kIgnored;
    const std::vector<float> loss_grad = any_loss_grad(nce.problem(), 4);
    const GradientArrays<float> gradients = backward(nce.problem(), loss_grad);
    EXPECT_TRUE(all_zero(row_of(gradients.inputs, alone, 19)));
    EXPECT_TRUE(all_zero(row_of(gradients.true_slopes, alone, 2)));
    // Other numbers in it change nothing.
    for (int64_t d = 0; d < 19; ++d) nce.input(alone)[d] = 3;
    expect_same_bits(backward(nce.problem(), loss_grad), gradients);
    // Nor do candidates reach it, in any chunk: 0 times NaN or infinity would be NaN.
    for (const int64_t k : {0, 40}) {
      nce.weight(nce.sampled[static_cast<size_t>(k)])[5] = k == 0 ? kNan : kInf;
    }
    EXPECT_TRUE(all_zero(row_of(backward(nce.problem(), loss_grad).inputs, alone, 19)));
  }
}

TEST(NceBackwardValues, IgnoredLabelHasNoSlope) {
  for (int64_t num_true = 1; num_true <= 20; ++num_true) {
    NceCase nce({7, num_true, 9, 5}, 5);
    for (int64_t i = 0; i < 7; ++i) nce.label(i, i % num_true) = NceCase::kIgnored;
    nce.true_offsets.assign(nce.true_offsets.size(), 1.5f);
    const std::vector<float> loss_grad(7, num_true == 1 ? 0.0f : -1.0f);
    const GradientArrays<float> gradients = backward(nce.problem(), loss_grad);
    for (int64_t i = 0; i < 7; ++i) {
      for (int64_t j = 0; j < num_true && num_true > 1; ++j) {
        const float slope = gradients.true_slopes[static_cast<size_t>(i * num_true + j)];
        EXPECT_EQ(slope == 0, j == i % num_true) << "label " << i << ", " << j << ": " << slope;
      }
    }
  }
}

TEST(NceBackwardValues, HitHasNoSlope) {
  for (const int64_t num_true : {1, 3, 16, 17}) {
    for (int64_t position = 0; position < 70; ++position) {
      NceCase nce({1, num_true, 70, 5, 1000}, 6);
      nce.mask_hits = true;
      for (int64_t j = 0; j < num_true; ++j) nce.label(0, j) = 500 + j;
      for (int64_t k = 0; k < 70; ++k) nce.sampled[static_cast<size_t>(k)] = k;
      nce.sampled[static_cast<size_t>(position)] = nce.label(0, num_true - 1) = 999;
      nce.sampled_offsets[static_cast<size_t>(position)] = position % 2 == 0 ? kNan : kInf;
      const GradientArrays<float> gradients = backward(nce.problem(), {position % 3 == 0 ? kInf : 1.0f});
      EXPECT_EQ(gradients.sampled_biases[static_cast<size_t>(position)], 0) << position;
      EXPECT_TRUE(all_zero(row_of(gradients.sampled, position, 5))) << position;
      EXPECT_EQ(std::count(gradients.sampled_biases.begin(), gradients.sampled_biases.end(), 0.0f), 1) << position;
    }
  }
}

TEST(NceBackwardValues, NoGradientOfTheLossNoGradient) {
  NceCase nce({53, 2, 41, 19}, 7);
  const GradientArrays<float> gradients = backward(nce.problem(), std::vector<float>(53, 0.0f));
  EXPECT_TRUE(all_zero(gradients.inputs) && all_zero(gradients.true_slopes));
  EXPECT_TRUE(all_zero(gradients.sampled) && all_zero(gradients.sampled_biases));
}

TEST(NceBackwardValues, GradientIsOddInTheGradientOfTheLoss) {
  NceCase nce({53, 2, 41, 19}, 8);
  std::vector<float> loss_grad = any_loss_grad(nce.problem(), 9);
  const GradientArrays<float> gradients = backward(nce.problem(), loss_grad);
  for (float& g : loss_grad) g = -2 * g;
  const GradientArrays<float> other = backward(nce.problem(), loss_grad);
  for (size_t at = 0; at < gradients.inputs.size(); ++at) EXPECT_EQ(other.inputs[at], -2 * gradients.inputs[at]);
  for (size_t at = 0; at < gradients.sampled.size(); ++at) EXPECT_EQ(other.sampled[at], -2 * gradients.sampled[at]);
}

TEST(NceBackwardValues, NanInTheGradientOfTheLossTouchesItsExampleOnly) {
  for (const int64_t touched : {0, 5, 11, 12, 31, 47, 52}) {
    NceCase nce({53, 2, 41, 19, 1000}, 10);
    nce.mask_hits = true;
    nce.label(touched, 0) = NceCase::kIgnored;
    for (size_t k = 0; k < 40; ++k) nce.sampled[k] = static_cast<int64_t>(k);
    nce.sampled[40] = nce.label(touched, 1) = 999;  // its only hit: what NaN does not reach
    std::vector<float> loss_grad = any_loss_grad(nce.problem(), 11);
    const GradientArrays<float> before = backward(nce.problem(), loss_grad);
    loss_grad[static_cast<size_t>(touched)] = kNan;
    const GradientArrays<float> after = backward(nce.problem(), loss_grad);
    const auto expect = [](const std::vector<float>& now, const std::vector<float>& then, bool nan, int64_t row) {
      for (size_t at = 0; at < now.size(); ++at) {
        if (nan)
          EXPECT_TRUE(std::isnan(now[at])) << "row " << row << ", column " << at;
        else
          EXPECT_EQ(now[at], then[at]) << "row " << row << ", column " << at;
      }
    };
    for (int64_t i = 0; i < 53; ++i) {
      expect(row_of(after.inputs, i, 19), row_of(before.inputs, i, 19), i == touched, i);
      expect(row_of(after.true_slopes, 2 * i, 1), row_of(before.true_slopes, 2 * i, 1), false, i);
      expect(row_of(after.true_slopes, 2 * i + 1, 1), row_of(before.true_slopes, 2 * i + 1, 1), i == touched, i);
    }
    for (int64_t k = 0; k < 41; ++k) {
      expect(row_of(after.sampled, k, 19), row_of(before.sampled, k, 19), k < 40, k);
      expect(row_of(after.sampled_biases, k, 1), row_of(before.sampled_biases, k, 1), k < 40, k);
    }
  }
}

}  // namespace
}  // namespace ortnce::test
