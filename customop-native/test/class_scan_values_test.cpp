// Values that are hard on a scan at the level in use: equal logits by the million, losses that would
// cancel, logits that overflow exp, infinities and NaN; for the top k also logits in the worst order.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "kernels/reference/class_reference.h"
#include "support/class_case.h"

namespace ortnce::test {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// One example whose logits are the biases.
ClassCase of_logits(const std::vector<float>& logits, std::vector<int64_t> labels) {
  ClassCase given({1, static_cast<int64_t>(labels.size()), static_cast<int64_t>(logits.size()), 0}, 1);
  given.biases = logits;
  given.labels = std::move(labels);
  return given;
}

TEST(ClassScanValues, TenMillionEqualLogits) {
  constexpr int64_t kClasses = 10'000'000;
  for (const float z : {-16.3f, -0.7f, 0.0f, 2.9f}) {
    ClassCase given = of_logits(std::vector<float>(kClasses, z), {kClasses / 3});
    const ScanResult result = given.scan();
    const auto logit = static_cast<double>(z);
    const double loss = kClasses * (std::fmax(logit, 0) + std::log1p(std::exp(-std::fabs(logit)))) - logit;
    EXPECT_NEAR(result.losses[0], loss, 2e-6 * loss) << z;
    EXPECT_NEAR(result.softmax_losses[0], std::log(kClasses), 1e-6 * std::log(kClasses)) << z;
    EXPECT_EQ(result.ranks[0], kClasses / 3 + 1);
  }
}

TEST(ClassScanValues, RisingFallingAndHugeLogits) {
  std::vector<float> rising;
  for (int i = 0; i < 3000; ++i) rising.push_back(0.03f * static_cast<float>(i) - 40);
  const std::vector<float> falling(rising.rbegin(), rising.rend());
  std::vector<float> huge = {1e4f, 1.2e38f, -3e38f, 9999, 0}, negative = {-1e4f, -1e4f, -10001, -3e38f, -10002};
  std::vector<float> steps;
  for (int i = 0; i < 100; ++i) steps.push_back(static_cast<float>(i) * 100);
  for (const std::vector<float>& logits : {rising, falling, huge, negative, steps}) {
    ClassCase given = of_logits(logits, {4});
    const ScanResult result = given.scan();
    const std::vector<double> z = given.reference_logits(0);
    const double greatest = *std::max_element(z.begin(), z.end());
    double sum = 0;
    for (const double logit : z) sum += std::exp(logit - greatest);
    const double softmax_loss = greatest - z[4] + std::log(sum);
    EXPECT_NEAR(result.softmax_losses[0], softmax_loss, 1e-6 * softmax_loss);
    const double loss = kernels::reference::full_sigmoid_loss(z, given.labels.data(), 1);
    EXPECT_NEAR(result.losses[0], loss, 1e-6 * loss);
  }
}

TEST(ClassScanValues, SmallLossesKeepTheirDigits) {
  std::vector<float> logits(1000, -35);
  logits[7] = 25;
  ClassCase given = of_logits(logits, {7});
  const ScanResult result = given.scan();
  const double loss = std::log1p(std::exp(-25.0)) + 999 * std::log1p(std::exp(-35.0));
  EXPECT_NEAR(result.losses[0], loss, 1e-6 * loss);
  const double softmax_loss = std::log1p(999 * std::exp(-60.0));
  EXPECT_NEAR(result.softmax_losses[0], softmax_loss, 1e-6 * softmax_loss);
}

TEST(ClassScanValues, InfinityGivesTheLimit) {
  {  // of the label: its terms vanish
    const ScanResult result = of_logits({1, kInfinity, -2}, {1}).scan();
    EXPECT_NEAR(result.losses[0], std::log1p(std::exp(1.0)) + std::log1p(std::exp(-2.0)), 1e-6);
    EXPECT_EQ(result.softmax_losses[0], 0);
    EXPECT_EQ(result.ranks[0], 1);
    EXPECT_EQ(result.true_logits[0], kInfinity);
  }
  {  // of another class
    const ScanResult result = of_logits({1, kInfinity, -2}, {2}).scan();
    EXPECT_EQ(result.losses[0], kInfinity);
    EXPECT_EQ(result.softmax_losses[0], kInfinity);
    EXPECT_EQ(result.ranks[0], 3);
  }
  {  // -infinity takes no part
    const ScanResult result = of_logits({1, -kInfinity, -2}, {2}).scan();
    EXPECT_NEAR(result.losses[0], std::log1p(std::exp(1.0)) + std::log1p(std::exp(2.0)), 1e-6);
    EXPECT_NEAR(result.softmax_losses[0], std::log1p(std::exp(3.0)), 1e-6);
    EXPECT_EQ(result.ranks[0], 2);
  }
  const ScanResult never = of_logits({1, -kInfinity, -2}, {1}).scan();
  EXPECT_EQ(never.losses[0], kInfinity);
  EXPECT_EQ(never.softmax_losses[0], kInfinity);
  EXPECT_EQ(never.ranks[0], 3);
  EXPECT_TRUE(std::isnan(of_logits({kInfinity, kInfinity}, {1}).scan().softmax_losses[0]));
}

TEST(ClassScanValues, NanStaysInItsExample) {
  ClassCase clean({40, 2, 300, 5}, 41);
  const ScanResult expected = clean.scan();
  for (const float bad : {kNan, kInfinity}) {
    ClassCase given({40, 2, 300, 5}, 41);
    *given.input(17) = bad;
    const ScanResult result = given.scan();
    for (size_t i = 0; i < 40; ++i) {
      if (i == 17) continue;
      ASSERT_TRUE(result.losses[i] == expected.losses[i] && result.softmax_losses[i] == expected.softmax_losses[i]);
      ASSERT_TRUE(result.ranks[2 * i] == expected.ranks[2 * i]);
    }
    if (std::isnan(bad)) {
      EXPECT_TRUE(std::isnan(result.losses[17]) && std::isnan(result.softmax_losses[17]));
      EXPECT_EQ(result.ranks[34], 300) << "NaN is last";
    }
  }
  ClassCase ignored({40, 2, 300, 5}, 41);
  *ignored.input(17) = kNan;
  ignored.label(17, 0) = ignored.label(17, 1) = kernels::kIgnoredLabel;
  const ScanResult result = ignored.scan();
  EXPECT_TRUE(result.losses[17] == 0 && result.softmax_losses[17] == 0 && result.ranks[34] == 0);
}

TEST(ClassScanValues, NanOfAClassIsLast) {
  const ScanResult result = of_logits({1, kNan, -kInfinity, 3, kNan}, {2}).scan();
  EXPECT_TRUE(std::isnan(result.losses[0]) && std::isnan(result.softmax_losses[0]));
  EXPECT_EQ(result.ranks[0], 3);
  EXPECT_EQ(of_logits({1, kNan, -kInfinity, 3, kNan}, {1}).scan().ranks[0], 5);
}

TEST(TopKValues, NanInfinityAndZeros) {
  const std::vector<float> logits = {1, kNan, -kInfinity, 3, kNan, kInfinity, -0.0f, 0.0f};
  const std::vector<int64_t> order = {5, 3, 0, 6, 7, 2, 1, 4};
  for (int64_t k = 1; k <= 8; ++k) {
    const TopKResult best = of_logits(logits, {0}).top_k(k);
    EXPECT_EQ(best.ids, std::vector<int64_t>(order.begin(), order.begin() + k));
    for (size_t i = 0; i < best.ids.size(); ++i) {
      const float logit = logits[static_cast<size_t>(best.ids[i])];
      EXPECT_TRUE(best.logits[i] == logit || (std::isnan(logit) && std::isnan(best.logits[i])));
    }
  }
  std::vector<int64_t> first(7);
  std::iota(first.begin(), first.end(), 0);
  EXPECT_EQ(of_logits(std::vector<float>(20000, kNan), {0}).top_k(7).ids, first);
  EXPECT_EQ(of_logits(std::vector<float>(20000, 2.5f), {0}).top_k(7).ids, first);
}

TEST(TopKValues, AnyOrderAndAnyK) {
  std::vector<float> rising(20'000);
  std::iota(rising.begin(), rising.end(), -9000.0f);
  const std::vector<float> falling(rising.rbegin(), rising.rend());
  std::vector<float> mixed;
  std::mt19937_64 random(42);
  for (int i = 0; i < 20'000; ++i) mixed.push_back(static_cast<float>(random() % 1000));
  for (const std::vector<float>& logits : {rising, falling, mixed}) {
    ClassCase given = of_logits(logits, {0});
    const std::vector<double> z = given.reference_logits(0);
    for (const int64_t k : {1, 100, 4096, 9000, 10'000, 10'001, 19'999, 20'000}) {
      ASSERT_EQ(given.top_k(k).ids, kernels::reference::top_k(z, k)) << k;
    }
  }
}

}  // namespace
}  // namespace ortnce::test
