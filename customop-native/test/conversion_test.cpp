// Conversions at the level in use: every pattern of 16 bits is widened, and narrowed are all halves, all
// midpoints between neighbours, the floats beside both and a sweep over all floats, against arithmetic in
// double.
#include "kernels/conversion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <climits>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>


namespace ortnce::test {
namespace {

using kernels::ElementType;

constexpr int64_t kPatterns = 1 << 16;

/// A format of 16 bits.
struct Format {
  ElementType type;
  int fraction_bits;
  int least_exponent;  // of normal numbers
  double greatest;     // finite number

  uint16_t sign_of(uint32_t float_bits) const { return static_cast<uint16_t>(float_bits >> 16 & 0x8000); }
  uint16_t infinity() const { return static_cast<uint16_t>(0x7fff >> fraction_bits << fraction_bits); }
};

constexpr Format kFormats[] = {{ElementType::kFloat16, 10, -14, 65504.0},
                               {ElementType::kBfloat16, 7, -126, 0x1.fep127}};

float float_of(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

uint32_t bits_of(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

/// The value of a pattern that is not NaN.
double value_of(const Format& format, uint16_t bits) {
  const int fraction = bits & ((1 << format.fraction_bits) - 1), exponent = (bits & 0x7fff) >> format.fraction_bits;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if ((bits & 0x7fff) == format.infinity()) return sign * std::numeric_limits<double>::infinity();
  const int implied = exponent == 0 ? 0 : 1 << format.fraction_bits;
  const int unit_exponent = format.least_exponent - format.fraction_bits + std::max(exponent - 1, 0);
  return sign * std::ldexp(fraction + implied, unit_exponent);
}

bool is_nan(const Format& format, uint16_t bits) { return (bits & 0x7fff) > format.infinity(); }

/// The pattern of the nearest number, of two the one whose last bit is 0.
uint16_t nearest(const Format& format, float x) {
  const double magnitude = std::fabs(static_cast<double>(x));
  const uint16_t sign = format.sign_of(bits_of(x));
  if (std::isinf(x)) return sign | format.infinity();
  const int exponent = std::max(magnitude == 0 ? INT_MIN : std::ilogb(magnitude), format.least_exponent);
  const double unit = std::ldexp(1.0, exponent - format.fraction_bits);
  const double units = std::nearbyint(magnitude / unit);
  if (units * unit > format.greatest) return sign | format.infinity();
  // Counting on from the first number of the exponent carries over into the next one by itself.
  const int first = (exponent - format.least_exponent) << format.fraction_bits;
  return static_cast<uint16_t>(sign | (first + static_cast<int>(units)));
}

std::vector<uint16_t> narrowed(const Format& format, const std::vector<float>& numbers) {
  std::vector<uint16_t> result(numbers.size());
  kernels::narrow(numbers.data(), static_cast<int64_t>(numbers.size()), format.type, result.data());
  return result;
}

void expect_nearest(const Format& format, const std::vector<float>& numbers) {
  const std::vector<uint16_t> found = narrowed(format, numbers);
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (std::isnan(numbers[i])) {
      const uint32_t bits = bits_of(numbers[i]);
      const uint32_t quiet = format.infinity() | 1u << (format.fraction_bits - 1);
      const uint32_t payload = (bits & 0x7fffff) >> (23 - format.fraction_bits);
      ASSERT_EQ(found[i], format.sign_of(bits) | quiet | payload) << std::hex << bits;
    } else {
      ASSERT_EQ(found[i], nearest(format, numbers[i])) << std::hexfloat << numbers[i];
    }
  }
}

std::vector<uint16_t> all_patterns() {
  std::vector<uint16_t> patterns(kPatterns);
  for (int64_t i = 0; i < kPatterns; ++i) patterns[static_cast<size_t>(i)] = static_cast<uint16_t>(i);
  return patterns;
}

TEST(Conversion, EveryPatternIsWidenedExactly) {
  const std::vector<uint16_t> patterns = all_patterns();
  for (const Format& format : kFormats) {
    std::vector<float> found(patterns.size());
    kernels::widen(format.type, patterns.data(), kPatterns, found.data());
    for (const uint16_t bits : patterns) {
      const float x = found[bits];
      if (is_nan(format, bits)) {
        const uint32_t quiet = format.type == ElementType::kFloat16 ? 0x400000 : 0;
        const uint32_t payload = static_cast<uint32_t>(bits) << (23 - format.fraction_bits) & 0x7fffff;
        ASSERT_EQ(bits_of(x), (bits & 0x8000u) << 16 | 0x7f800000 | payload | quiet) << std::hex << bits;
      } else {
        ASSERT_EQ(static_cast<double>(x), value_of(format, bits)) << std::hex << bits;
        ASSERT_EQ(std::signbit(x), (bits & 0x8000) != 0) << std::hex << bits;
      }
    }
  }
}

TEST(Conversion, HalvesMidpointsAndTheirNeighboursAreNarrowedToTheNearest) {
  for (const Format& format : kFormats) {
    std::vector<float> numbers;
    for (int bits = 0; bits < format.infinity(); ++bits) {
      const double low = value_of(format, static_cast<uint16_t>(bits));
      // Behind the greatest number comes what would be the next one.
      const double unit = bits + 1 == format.infinity()
                              ? low - value_of(format, static_cast<uint16_t>(bits - 1))
                              : value_of(format, static_cast<uint16_t>(bits + 1)) - low;
      for (const double of : {low, low + unit / 2}) {
        const auto x = static_cast<float>(of);
        ASSERT_EQ(static_cast<double>(x), of);
        for (const float near : {std::nextafterf(x, 0), x, std::nextafterf(x, INFINITY)}) {
          numbers.push_back(near);
          numbers.push_back(-near);
        }
      }
    }
    expect_nearest(format, numbers);
  }
}

TEST(Conversion, ASweepOverAllFloatsIsNarrowedToTheNearest) {
  std::vector<float> numbers;
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += 1009) {
    numbers.push_back(float_of(static_cast<uint32_t>(bits)));
  }
  for (const float x : {0.0f, -0.0f, INFINITY, -INFINITY, FLT_MAX, -FLT_MAX, FLT_MIN, 0x1p-149f, float_of(0x7f800001),
                        float_of(0xffc00000), float_of(0x7fffffff)}) {
    numbers.push_back(x);
  }
  for (const Format& format : kFormats) expect_nearest(format, numbers);
}

/// Lengths around the widths of vectors: nothing is written behind the last element.
TEST(Conversion, EveryLengthIsConvertedAndNoMore) {
  const std::vector<uint16_t> patterns = all_patterns();
  for (const Format& format : kFormats) {
    for (int64_t count = 0; count <= 70; ++count) {
      const uint16_t* const from = patterns.data() + 0x3001;
      std::vector<float> wide(static_cast<size_t>(count) + 1, -777.0f);
      kernels::widen(format.type, from, count, wide.data());
      ASSERT_EQ(wide.back(), -777.0f);
      std::vector<uint16_t> back(static_cast<size_t>(count) + 1, 0x1234);
      kernels::narrow(wide.data(), count, format.type, back.data());
      ASSERT_EQ(back.back(), 0x1234);
      ASSERT_TRUE(std::equal(from, from + count, back.data())) << count;
    }
  }
}

TEST(Conversion, FloatsAreCopied) {
  const std::vector<float> numbers = {1.5f, -0.0f, float_of(0x7f800001), 0x1p-149f};
  std::vector<float> wide(numbers.size()), back(numbers.size());
  kernels::widen(ElementType::kFloat, numbers.data(), 4, wide.data());
  kernels::narrow(numbers.data(), 4, ElementType::kFloat, back.data());
  EXPECT_EQ(std::memcmp(wide.data(), numbers.data(), 16), 0);
  EXPECT_EQ(std::memcmp(back.data(), numbers.data(), 16), 0);
}

}  // namespace
}  // namespace ortnce::test
