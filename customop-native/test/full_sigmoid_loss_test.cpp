// The losses of one example from the sums of its chunks: shares of several labels, sums in the log
// domain. Exact where it can be; else to some units of double.
#include "kernels/full_sigmoid_loss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/class_scan.h"

namespace ortnce::kernels {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double softplus(double x) { return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

TEST(FullSigmoidLoss, LogAddExp) {
  EXPECT_DOUBLE_EQ(log_add_exp(1, 2), std::log(std::exp(1) + std::exp(2)));
  EXPECT_EQ(log_add_exp(3, 1), log_add_exp(1, 3));
  EXPECT_DOUBLE_EQ(log_add_exp(-1000, -1000), -1000 + std::log(2.0));
  EXPECT_EQ(log_add_exp(-kInfinity, 0.1), 0.1);
  EXPECT_EQ(log_add_exp(0.1, -kInfinity), 0.1);
  EXPECT_EQ(log_add_exp(-kInfinity, -kInfinity), -kInfinity);
  EXPECT_EQ(log_add_exp(kInfinity, 1), kInfinity);
  EXPECT_EQ(log_add_exp(kInfinity, kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(log_add_exp(NAN, 1)) && std::isnan(log_add_exp(1, NAN)));
  EXPECT_TRUE(std::isnan(log_add_exp(NAN, -kInfinity)) && std::isnan(log_add_exp(-kInfinity, NAN)));
}

TEST(FullSigmoidLoss, LabelsCountAsOftenAsTheyOccur) {
  const int64_t ids[] = {5, 9, 5, kIgnoredLabel};
  const float logits[] = {1.5f, -2, 1.5f, 0};
  const ExampleLabels labels{ids, logits, 4};
  EXPECT_EQ(counted_labels(labels), 3);
  const double mean = (1.5 - 2 + 1.5) / 3;
  EXPECT_NEAR(full_sigmoid_loss(labels, 10), 10 + softplus(1.5) + softplus(-2) - mean, 1e-14);
  const double all = std::log(std::exp(0.7) + std::exp(1.5) + std::exp(-2.0));
  EXPECT_NEAR(softmax_loss(labels, 0.7), all - mean, 1e-14);
  const double above = std::log(std::exp(9.7) + std::exp(1.5) + std::exp(-2.0));
  EXPECT_NEAR(softmax_loss(labels, 9.7), above - mean, 1e-14);
  EXPECT_NEAR(softmax_loss(labels, 2000), 2000 - mean, 1e-11);
}

TEST(FullSigmoidLoss, NothingCounted) {
  const int64_t ids[] = {kIgnoredLabel, kIgnoredLabel};
  const float logits[] = {NAN, 1};
  EXPECT_EQ(full_sigmoid_loss({ids, logits, 2}, NAN), 0);
  EXPECT_EQ(softmax_loss({ids, logits, 2}, NAN), 0);
}

TEST(FullSigmoidLoss, OneClass) {
  const int64_t ids[] = {0};
  const float logits[] = {3};
  EXPECT_DOUBLE_EQ(full_sigmoid_loss({ids, logits, 1}, 0), softplus(-3));
  EXPECT_EQ(softmax_loss({ids, logits, 1}, -kInfinity), 0);
}

TEST(FullSigmoidLoss, ChunksAreAddedInOrder) {
  const double sums[] = {1e16, 1, 1, -5, 2, 3, 4, -5}, logs[] = {1, 2, 3, NAN, -1, -2, -3, NAN};
  ClassTotals totals[2];
  add_chunks(2, 3, 4, sums, logs, totals);
  EXPECT_EQ(totals[0].softplus_sum, 1e16) << "each 1 is half a unit";
  EXPECT_EQ(totals[1].softplus_sum, 9);
  EXPECT_EQ(totals[0].log_sum_exp, log_add_exp(log_add_exp(1, 2), 3));
  EXPECT_EQ(totals[1].log_sum_exp, log_add_exp(log_add_exp(-1, -2), -3));
  add_chunks(2, 1, 4, sums, nullptr, totals);
  EXPECT_EQ(totals[1].softplus_sum, 11);
  EXPECT_EQ(totals[1].log_sum_exp, log_add_exp(log_add_exp(-1, -2), -3));
}

}  // namespace
}  // namespace ortnce::kernels
