// offset - log(count) of the level in use: half an ulp of the exact difference, but for what the rounding of
// the logarithm itself in double takes (2^-44 of it). Counts: the ends of the range of floats, subnormal ones
// too, both sides of 1 and of the square roots of 1/2 and 2, where the reduction changes, every 100,003rd
// float; in arrays of all lengths up to four registers, from any address.
#include "kernels/expected_counts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace ortnce::test {
namespace {

void expect_exact(const std::vector<float>& counts, const std::vector<float>& offsets) {
  std::vector<float> results = offsets;
  kernels::subtract_logs(counts.data(), static_cast<int64_t>(counts.size()), results.data());
  for (size_t i = 0; i < counts.size(); ++i) {
    const long double log = std::log(static_cast<long double>(counts[i]));
    const long double exact = static_cast<long double>(offsets[i]) - log;
    const long double bound = 0x1.00001p-24L * std::fabs(exact) + 0x1p-44L * std::fabs(log);
    ASSERT_LE(std::fabs(static_cast<long double>(results[i]) - exact), bound) << offsets[i] << " - log " << counts[i];
  }
}

TEST(SubtractLogs, WholeRangeOfCounts) {
  std::vector<float> counts = {std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::min(),
                               std::numeric_limits<float>::max(), 0x1.6a09e4p-1f, 0x1.6a09e6p-1f, 0x1.6a09e8p-1f,
                               0x1.6a09e4p0f, 0x1.6a09e6p0f, 0x1.6a09e8p0f, 0x1.fffffep-1f, 1.0f, 0x1.000002p0f};
  for (uint32_t bits = 1; bits < 0x7f800000u; bits += 100'003) {
    float count;
    std::memcpy(&count, &bits, sizeof(count));
    counts.push_back(count);
  }
  for (const float offset : {0.0f, 1.5f, -80.0f}) expect_exact(counts, std::vector<float>(counts.size(), offset));
}

TEST(SubtractLogs, AnyLengthAndAddress) {
  for (size_t length = 0; length <= 64; ++length) {
    std::vector<float> counts, offsets;
    for (size_t i = 0; i < length; ++i) {
      counts.push_back(0.25f + static_cast<float>(i));
      offsets.push_back(static_cast<float>(i) - 7);
    }
    expect_exact(counts, offsets);
    std::vector<float> more(length + 2, 5.0f);
    std::vector<float> counts_more(length + 2, 3.0f);
    kernels::subtract_logs(counts_more.data() + 1, static_cast<int64_t>(length), more.data() + 1);
    EXPECT_EQ(more.front(), 5.0f);
    EXPECT_EQ(more.back(), 5.0f);
  }
}

TEST(SubtractLogs, BadCountsStayInTheirElements) {
  constexpr float kInf = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> counts(40, 1.0f), offsets(40, 2.0f);
  for (size_t i = 0; i < counts.size(); i += 2) counts[i] = i % 4 == 0 ? kNan : (i % 3 == 0 ? -kInf : 0.0f);
  kernels::subtract_logs(counts.data(), 40, offsets.data());
  for (size_t i = 1; i < counts.size(); i += 2) EXPECT_EQ(offsets[i], 2.0f);
}

}  // namespace
}  // namespace ortnce::test
