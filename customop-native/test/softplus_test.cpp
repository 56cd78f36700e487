// softplus of the level in use against log1p(exp) in double: at most 2 ulp of the result, subnormal
// results included.
//
// Inputs: every 1009th float (1009 is prime, so all exponents and low bits occur), and each float of
// the regions where something changes: both sides of 0, -87.3 to -104 (results become subnormal,
// then 0), 16 to 17.5 (the logarithm drops out), the ends of the reduction near n log(2) + log(2)/2,
// results just below 1/2.
// ortnce_exhaustive takes all 2^32, every 251st in ctest.
#include <gtest/gtest.h>

#include <vector>

#include "kernels/cpu/dispatch.h"
#include "support/softplus_accuracy.h"

namespace ortnce::test {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

float softplus(float x) {
  float out = -1;
  kernels::cpu::active_kernels().softplus(&x, 1, &out);
  return out;
}

/// Checks the finite floats of bits first, first + step, ... below `last`.
void expect_two_ulp(uint64_t first, uint64_t last, uint64_t step) {
  SoftplusAccuracy accuracy(kernels::cpu::active_kernels());
  std::vector<float> x;
  std::vector<double> exact;
  const auto flush = [&] {
    accuracy.add(x.data(), exact.data(), static_cast<int64_t>(x.size()));
    x.clear();
    exact.clear();
  };
  for (uint64_t bits = first; bits < last; bits += step) {
    const float value = float_of_bits(static_cast<uint32_t>(bits));
    if (!std::isfinite(value)) continue;
    x.push_back(value);
    exact.push_back(exact_softplus(value));
    if (x.size() == 1024) flush();
  }
  flush();
  EXPECT_LE(accuracy.worst(), 2.0) << "softplus(" << accuracy.worst_x() << ") = " << softplus(accuracy.worst_x());
}

uint64_t bits_of(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

TEST(Softplus, WholeRange) { expect_two_ulp(0, uint64_t{1} << 32, 1009); }

TEST(Softplus, AroundZero) {
  for (const uint64_t sign : {uint64_t{0}, uint64_t{1} << 31}) {
    expect_two_ulp(sign, sign + 20'000, 1);  // subnormal inputs
    expect_two_ulp(sign + bits_of(0x1p-126f) - 2000, sign + bits_of(0x1p-126f) + 2000, 1);
    expect_two_ulp(sign + bits_of(0x1p-26f), sign + bits_of(0x1p-9f), 211);
    expect_two_ulp(sign + bits_of(0x1p-9f), sign + bits_of(2.0f), 17);  // where all levels are worst
  }
}

TEST(Softplus, SubnormalResultsDownToTheSmallest) {
  expect_two_ulp(bits_of(-87.3f), bits_of(-104.5f), 1);
  EXPECT_EQ(softplus(-103.2f), 0x1p-149f);
  EXPECT_GT(softplus(-103.9f), 0.0f);
  EXPECT_EQ(softplus(-104.5f), 0.0f);
  EXPECT_EQ(softplus(-105.5f), 0.0f);
  EXPECT_EQ(softplus(-3.4e38f), 0.0f);
}

TEST(Softplus, ResultsJustBelowOneHalf) {
  // The spacing of floats halves there, so the same roundings count twice: the worst place of all.
  expect_two_ulp(bits_of(-0.4327f), bits_of(-0.49f), 1);
}

TEST(Softplus, WhereTheLogarithmDropsOut) { expect_two_ulp(bits_of(16.0f), bits_of(17.5f), 1); }

TEST(Softplus, EndsOfTheReduction) {
  for (int n = 0; n <= 150; ++n) {
    const auto edge = static_cast<float>((n + 0.5) * 0.69314718055994531);
    expect_two_ulp(bits_of(edge) - 300, bits_of(edge) + 300, 1);
    expect_two_ulp(bits_of(-edge) - 300, bits_of(-edge) + 300, 1);
  }
}

TEST(Softplus, SpecialValues) {
  EXPECT_EQ(softplus(0.0f), 0x1.62e43p-1f);
  EXPECT_EQ(softplus(-0.0f), 0x1.62e43p-1f);
  EXPECT_EQ(softplus(kInf), kInf);
  EXPECT_EQ(softplus(-kInf), 0.0f);
  EXPECT_FALSE(std::signbit(softplus(-kInf)));
  EXPECT_EQ(softplus(std::numeric_limits<float>::max()), std::numeric_limits<float>::max());
  for (const uint32_t nan : {0x7FC00000u, 0xFFC00000u, 0x7F800001u, 0xFFFFFFFFu}) {
    EXPECT_TRUE(std::isnan(softplus(float_of_bits(nan)))) << std::hex << nan;
  }
}

TEST(Softplus, EveryLaneAndTail) {
  // Lengths around the vectors of 4, 8 and 16; nothing is written past the end.
  for (int64_t count = 0; count <= 35; ++count) {
    std::vector<float> x, out(static_cast<size_t>(count) + 1, -1.0f);
    for (int64_t i = 0; i < count; ++i) x.push_back(static_cast<float>(i) - 17.3f);
    kernels::cpu::active_kernels().softplus(x.data(), count, out.data());
    for (size_t i = 0; i < x.size(); ++i) EXPECT_LE(ulp_error(out[i], exact_softplus(x[i])), 2.0) << count << ", " << i;
    EXPECT_EQ(out.back(), -1.0f);
  }
}

}  // namespace
}  // namespace ortnce::test
