// NceLoss of the CUDA kernels, as they run in the emulation (cuda_emulation/device.h), against the
// double-precision reference: every pair of types, sizes around the edges of tiles of 128 and of steps of
// 16 or 32 numbers, rows that begin at multiples of 16 bytes and rows that do not, partitions, hits,
// ignored labels.
//
// Tolerance: DeviceCase::bounds(), what rounding can do at worst.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "support/device_case.h"

namespace ortnce::test {
namespace {

using kernels::PartitionStrategy;
using kernels::Reduction;

std::vector<double> widened(const std::vector<float>& numbers) { return {numbers.begin(), numbers.end()}; }

/// Storage, hits and ignored labels follow from the seed.
void expect_accurate(NceSizes sizes, const TypePair& types, uint64_t seed) {
  Storage storage;
  storage.shift = seed % 4 == 0 ? 1 : 0;
  storage.biases = seed % 5 != 0;
  if (seed % 3 == 0) storage.partitions = 1 + static_cast<int64_t>(seed % 7);
  if (seed % 6 == 0) storage.strategy = PartitionStrategy::kMod;
  SCOPED_TRACE(testing::Message() << types.name << ", B " << sizes.batch << ", T " << sizes.num_true << ", S "
                                  << sizes.num_sampled << ", D " << sizes.dim << ", seed " << seed);
  NceCase nce(sizes, seed);
  nce.mask_hits = seed % 2 == 0;
  for (size_t at = seed % 7; seed % 3 == 1 && at < nce.labels.size(); at += 3) nce.labels[at] = NceCase::kIgnored;
  const DeviceCase device(nce, types, storage, seed);
  expect_within(widened(device.losses()), reference(nce.problem()), device.bounds());
}

class CudaLosses : public testing::TestWithParam<TypePair> {};

TEST_P(CudaLosses, Dim) {
  uint64_t seed = 0;
  for (const int64_t dim : {0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 128, 300}) {
    expect_accurate({5, 2, 9, dim}, GetParam(), ++seed);
    expect_accurate({3, 1, 140, dim}, GetParam(), 4 * ++seed);
  }
}

TEST_P(CudaLosses, Batch) {
  uint64_t seed = 100;
  for (const int64_t batch : {0, 1, 3, 7, 31, 33, 65, 127, 128, 129, 300}) {
    expect_accurate({batch, 1, 33, 24}, GetParam(), ++seed);
  }
}

TEST_P(CudaLosses, NumSampled) {
  uint64_t seed = 200;
  for (const int64_t sampled : {0, 1, 3, 7, 31, 33, 65, 127, 128, 129, 255, 256, 257, 384, 513, 700}) {
    expect_accurate({4, 1, sampled, 24}, GetParam(), ++seed);
  }
}

TEST_P(CudaLosses, NumTrue) {
  uint64_t seed = 300;
  for (const int64_t num_true : {1, 2, 3, 7, 31, 33, 65}) {
    expect_accurate({9, num_true, 50, 17}, GetParam(), ++seed);
    expect_accurate({9, num_true, 50, 16}, GetParam(), ++seed);
  }
}

TEST_P(CudaLosses, RandomMixtures) {
  std::mt19937_64 random(20261128);
  const int64_t dims[] = {1, 3, 8, 16, 20, 33, 64, 100}, sizes[] = {1, 3, 7, 31, 65, 128, 140, 260};
  const auto any = [&](const auto& list) { return list[random() % std::size(list)]; };
  for (uint64_t round = 0; round < 25; ++round) {
    expect_accurate({any(sizes), static_cast<int64_t>(1 + random() % 5), any(sizes), any(dims), 30}, GetParam(),
                    1000 + round);
  }
}

/// 64 slices at most: a block then walks over four tiles, of one step each or of two, and uses every slot of what it
/// knows of the columns again.
TEST_P(CudaLosses, ManyTilesASlice) { expect_accurate({2, 1, 26'000, 24, 200}, GetParam(), 402); }

TEST_P(CudaLosses, Reductions) {
  NceCase nce({300, 2, 20, 8}, 5);
  for (size_t at = 0; at < 80; ++at) nce.labels[at] = NceCase::kIgnored;  // of 40 examples
  const DeviceCase device(nce, GetParam(), {}, 5);
  double sum = 0;
  for (const float loss : device.losses()) sum += static_cast<double>(loss);
  EXPECT_EQ(device.losses(Reduction::kSum).size(), 1u);
  EXPECT_NEAR(device.losses(Reduction::kSum)[0], sum, 1e-6 * sum);
  EXPECT_NEAR(device.losses(Reduction::kMean)[0], sum / 260, 1e-6 * sum / 260);
  nce.labels.assign(nce.labels.size(), NceCase::kIgnored);
  EXPECT_EQ(device.losses(Reduction::kMean)[0], 0);
  EXPECT_EQ(device.losses(Reduction::kSum)[0], 0);
}

/// Slices, and so the order of sums, depend on sizes alone; hits on nothing but the ids.
TEST_P(CudaLosses, PartitionsChangeNoBit) {
  NceCase nce({140, 3, 150, 24, 40}, 6);
  nce.mask_hits = true;
  const std::vector<float> whole = DeviceCase(nce, GetParam(), {}, 6).losses();
  for (const PartitionStrategy strategy : {PartitionStrategy::kDiv, PartitionStrategy::kMod}) {
    for (const int64_t partitions : {2, 3, 40}) {
      EXPECT_EQ(DeviceCase(nce, GetParam(), {strategy, partitions}, 6).losses(), whole);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, CudaLosses, testing::ValuesIn(kTypePairs),
                         [](const auto& pair) { return std::string(pair.param.name); });
INSTANTIATE_TEST_SUITE_P(Hopper, CudaLosses, testing::ValuesIn(kHopperPairs),
                         [](const auto& pair) { return std::string(pair.param.name); });

}  // namespace
}  // namespace ortnce::test
