// expected_count against long double. p S is exact to half an ulp of float by its definition; the
// other form is rounded once from a double of a few 2^-53, so half an ulp and a little.
#include <gtest/gtest.h>

#include <cmath>

#include "support/one_at_a_time.h"

namespace ortnce::sampling {
namespace {

TEST(ExpectedCount, EveryDrawKept) {
  EXPECT_EQ(expected_count(0.25f, 8, 8), 2.0f);
  EXPECT_EQ(expected_count(0.1f, 3, 3), 0.1f * 3.0f);
  EXPECT_EQ(expected_count(1.0f, 1, 1), 1.0f);
  EXPECT_EQ(expected_count(1e-45f, 1, 1), 1e-45f);
}

TEST(ExpectedCount, SomeDrawsRepeated) {
  for (const float p : {1e-45f, 1e-20f, 1e-9f, 3e-5f, 0.01f, 0.3f, 0.5f, 0.9f, 0.99999994f}) {
    for (const int64_t tries : {int64_t{2}, int64_t{11}, int64_t{1000}, int64_t{123'456'789}}) {
      const long double exact = -std::expm1(static_cast<long double>(tries) * std::log1p(-static_cast<long double>(p)));
      const long double error = std::fabs(static_cast<long double>(expected_count(p, 1, tries)) - exact);
      EXPECT_LE(error, 0x1.0001p-24L * exact + 0x1p-150L) << p << ", " << tries;
    }
  }
}

TEST(ExpectedCount, CertainIdAndPositiveCounts) {
  EXPECT_EQ(expected_count(1.0f, 1, 5), 1.0f);  // log1p(-1) is -infinity
  EXPECT_GT(expected_count(1e-45f, 5, 6), 0.0f);
  EXPECT_LE(expected_count(0.99f, 5, 1'000'000), 1.0f);
}

TEST(ExpectedCount, RecordedValues) {
  // log-uniform over 20 classes, 8 of 11 draws kept: recorded from TensorFlow 2.21, within 2 ulp.
  const auto probability = [](double id) {
    return static_cast<float>(std::log((id + 2) / (id + 1)) / std::log1p(20.0));
  };
  EXPECT_NEAR(expected_count(probability(0), 8, 11), 0.941678286f, 2 * 0x1p-24);
  EXPECT_NEAR(expected_count(probability(19), 8, 11), 0.162813902f, 2 * 0x1p-26);
}

}  // namespace
}  // namespace ortnce::sampling
