// Values that are hard on the CUDA losses, in the emulation: logits of any size, infinities and NaN that must
// stay in their example, losses of integers, which are exact but for softplus, and hits whose offsets are
// NaN.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "support/device_case.h"

namespace ortnce::test {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class CudaLossesValues : public testing::TestWithParam<TypePair> {
 protected:
  static std::vector<float> losses(NceCase& nce) { return DeviceCase(nce, GetParam(), {}, 1).losses(); }
};

/// One number an example, so that logits are what the test wants: x = logit, w = 1, no biases.
TEST_P(CudaLossesValues, LogitsOfAnySize) {
  for (const int64_t sampled : {1, 2, 130}) {
    std::vector<float> logits;
    for (float x = 0x1p-20f; x < 120; x *= 1.7f) logits.insert(logits.end(), {x, -x});
    for (const float x : {0.0f, -0.0f, 1e4f, -1e4f, kInf, -kInf}) logits.push_back(x);
    const auto batch = static_cast<int64_t>(logits.size());
    NceCase nce({batch, 1, sampled, 1, 2}, 1);
    for (int64_t i = 0; i < batch; ++i) *nce.input(i) = logits[static_cast<size_t>(i)];
    *nce.weight(0) = 1;
    *nce.weight(1) = 0;  // 0 * infinity is NaN: not for labels
    nce.labels.assign(logits.size(), 0);
    nce.sampled.assign(static_cast<size_t>(sampled), 0);
    const DeviceCase device(nce, GetParam(), {{}, 1, 0, false}, 1);
    kernels::cuda::DeviceNceProblem p = device.problem();
    p.sample.true_counts = p.sample.sampled_counts = nullptr;
    const std::vector<float> found = device.losses(p);
    for (int64_t i = 0; i < batch; ++i) {
      const auto x = static_cast<double>(*nce.input(i));
      const double loss = softplus(-x) + static_cast<double>(sampled) * softplus(x);
      const auto actual = static_cast<double>(found[static_cast<size_t>(i)]);
      if (std::isinf(loss)) {
        EXPECT_EQ(actual, loss) << "logit " << x;
      } else {
        const double off = (GetParam().tf32 ? 2 * 0x1p-11 * std::fabs(x) * static_cast<double>(sampled) : 0) +
                           12 * 0x1p-24 * loss + static_cast<double>(sampled) * 0x1p-148;
        EXPECT_NEAR(actual, loss, off) << "logit " << x;
      }
    }
  }
}

TEST_P(CudaLossesValues, SmallLossesKeepTheirDigits) {
  for (const float x : {-30.0f, -60.0f, -87.0f, -95.0f, -102.0f}) {
    NceCase nce({1, 1, 200, 1, 2}, 1);
    *nce.input(0) = x;
    *nce.weight(0) = 1;
    *nce.weight(1) = -1;
    nce.labels[0] = 1;
    nce.sampled.assign(200, 0);
    const DeviceCase device(nce, GetParam(), {{}, 1, 0, false}, 1);
    kernels::cuda::DeviceNceProblem p = device.problem();
    p.sample.true_counts = p.sample.sampled_counts = nullptr;
    const auto logit = static_cast<double>(*nce.input(0));
    const double loss = 201 * std::log1p(std::exp(logit));
    const double tf32 = GetParam().tf32 ? 2 * 0x1p-11 * std::fabs(logit) : 0;
    EXPECT_NEAR(device.losses(p)[0], loss, (12 * 0x1p-24 + tf32) * loss + 201 * 0x1p-149) << x;
  }
}

TEST_P(CudaLossesValues, NanAndInfinityStayInTheirExample) {
  for (const float bad : {kNan, kInf, -kInf}) {
    for (const int64_t touched : {0, 5, 17, 127, 128, 139}) {
      NceCase clean({140, 2, 150, 19}, 3);
      const std::vector<float> before = losses(clean);
      NceCase nce({140, 2, 150, 19}, 3);
      nce.input(touched)[7] = bad;
      const std::vector<float> after = losses(nce);
      for (size_t i = 0; i < after.size(); ++i) {
        if (static_cast<int64_t>(i) == touched) continue;
        ASSERT_EQ(after[i], before[i]) << "example " << i;
      }
      const float loss = after[static_cast<size_t>(touched)];
      EXPECT_TRUE(std::isnan(loss) || (std::isinf(bad) && loss == kInf)) << loss;
    }
  }
}

TEST_P(CudaLossesValues, PaddingOfTilesMeetsNoInfinity) {
  // All products of the example with rows are +infinity: the limit, although zeros fill up the tile.
  NceCase nce({1, 1, 3, 5}, 3);
  for (int64_t d = 0; d < 5; ++d) nce.input(0)[d] = d == 2 ? kInf : 0;
  for (int64_t c = 0; c < nce.sizes.num_classes; ++c) nce.weight(c)[2] = 1;
  EXPECT_EQ(losses(nce)[0], kInf);
  for (int64_t c = 0; c < nce.sizes.num_classes; ++c) nce.weight(c)[2] = c == nce.labels[0] ? 1.0f : -1.0f;
  for (int64_t& id : nce.sampled) id = id == nce.labels[0] ? id + 1 : id;
  EXPECT_EQ(losses(nce)[0], 0);
}

TEST_P(CudaLossesValues, IgnoredExamplesAreZeroWhateverTheyHold) {
  NceCase nce({7, 2, 9, 5}, 4);
  nce.label(3, 0) = nce.label(3, 1) = NceCase::kIgnored;
  nce.input(3)[1] = kNan;
  const std::vector<float> found = losses(nce);
  EXPECT_EQ(found[3], 0);
  for (size_t i = 0; i < 7; ++i) EXPECT_TRUE(i == 3 || found[i] > 0);
}

TEST_P(CudaLossesValues, HitsAreLeftOutWhateverTheyHold) {
  for (const int64_t position : {0, 1, 7, 31, 64, 127, 128, 140, 199}) {
    NceCase nce({130, 3, 200, 5, 1000}, 6);
    nce.mask_hits = true;
    for (size_t k = 0; k < 200; ++k) nce.sampled[k] = static_cast<int64_t>(k);
    for (int64_t& label : nce.labels) label = 500;
    const int64_t example = (position * 37) % 130;
    nce.sampled[static_cast<size_t>(position)] = nce.label(example, 2) = 999;
    const DeviceCase device(nce, GetParam(), {}, 6);
    const std::vector<float> found = device.losses();
    expect_within({found.begin(), found.end()}, reference(nce.problem()), device.bounds());
    // A count of 0 makes the offset of the candidate infinite: of no consequence where it is a hit.
    kernels::cuda::DeviceNceProblem p = device.problem();
    std::vector<float> counts(p.sample.sampled_counts, p.sample.sampled_counts + 200);
    counts[static_cast<size_t>(position)] = position % 2 == 0 ? 0.0f : kNan;
    p.sample.sampled_counts = counts.data();
    const std::vector<float> poisoned = device.losses(p);
    for (int64_t i = 0; i < 130; ++i) {
      const auto at = static_cast<size_t>(i);
      EXPECT_EQ(std::isfinite(poisoned[at]), i == example) << "example " << i;
    }
    EXPECT_EQ(poisoned[static_cast<size_t>(example)], found[static_cast<size_t>(example)]);
  }
}

TEST_P(CudaLossesValues, EqualCandidatesAreAllMasked) {
  NceCase nce({20, 2, 300, 8, 3}, 7);
  nce.mask_hits = true;
  const DeviceCase device(nce, GetParam(), {}, 7);
  const std::vector<float> found = device.losses();
  expect_within({found.begin(), found.end()}, reference(nce.problem()), device.bounds());
}

INSTANTIATE_TEST_SUITE_P(Types, CudaLossesValues, testing::ValuesIn(kTypePairs),
                         [](const auto& pair) { return std::string(pair.param.name); });
INSTANTIATE_TEST_SUITE_P(Hopper, CudaLossesValues, testing::ValuesIn(kHopperPairs),
                         [](const auto& pair) { return std::string(pair.param.name); });

}  // namespace
}  // namespace ortnce::test
