// FullSigmoidLoss of the CUDA kernels, in the emulation, against the double-precision reference: every pair of
// types, classes around the edges of tiles and slices, labels of one class several times, partitions, a
// range of classes that ends before the table.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "kernels/cuda/full_sigmoid_loss.h"
#include "support/device_case.h"
#include "support/guarded_workspace.h"

namespace ortnce::test {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

class CudaFullSigmoid : public testing::TestWithParam<TypePair> {};

std::vector<float> losses(const kernels::cuda::DeviceBatch& batch, int64_t classes,
                          kernels::Reduction reduction = kernels::Reduction::kNone) {
  kernels::cuda::RunBytes bytes;
  EXPECT_TRUE(kernels::cuda::full_sigmoid_loss_bytes(batch, classes, &bytes));
  GuardedWorkspace host(bytes.host), device(bytes.device);
  const bool per_example = reduction == kernels::Reduction::kNone;
  std::vector<float> loss(static_cast<size_t>(per_example ? batch.batch : 1));
  const kernels::cuda::Status status =
      kernels::cuda::full_sigmoid_loss(batch, classes, reduction, {host.data(), device.data()}, nullptr, loss.data());
  EXPECT_TRUE(status.ok()) << status.step << ": " << status.reason;
  EXPECT_TRUE(host.intact() && device.intact());
  return loss;
}

/// The loss of every example in double, and what the kernels may be off it: see error_bounds().
void expect_accurate(NceSizes sizes, int64_t used_classes, const Storage& storage, const TypePair& types,
                     uint64_t seed) {
  SCOPED_TRACE(testing::Message() << types.name << ", B " << sizes.batch << ", T " << sizes.num_true << ", V "
                                  << used_classes << " of " << sizes.num_classes << ", D " << sizes.dim);
  sizes.num_sampled = 0;
  NceCase nce(sizes, seed);
  for (size_t at = 0; at < nce.labels.size(); ++at) {
    nce.labels[at] %= used_classes;
    if (seed % 3 == 0 && at % 4 == 1) nce.labels[at] = NceCase::kIgnored;
  }
  const DeviceCase device(nce, types, storage, seed);
  const std::vector<float> found = losses(device.problem().batch, used_classes);
  const LogitRoundings roundings = device.roundings();
  constexpr double u = 0x1p-24;
  for (int64_t i = 0; i < sizes.batch; ++i) {
    const std::vector<int64_t> labels(&nce.label(i, 0), &nce.label(i, 0) + sizes.num_true);
    const auto counted = static_cast<double>(sizes.num_true - std::count(labels.begin(), labels.end(), -1));
    double loss = 0, bound = 0;
    for (int64_t c = 0; counted > 0 && c < used_classes; ++c) {
      const Logit z(nce.input(i), nce.weight(c), sizes.dim, device.bias(c));
      const double share = static_cast<double>(std::count(labels.begin(), labels.end(), c)) / counted;
      const double term = share == 1 ? softplus(-z.value) : softplus(z.value) - share * z.value;
      const double part = share == 1 ? term : softplus(z.value) + std::fabs(share * z.value);
      const double off = ((share > 0 ? roundings.labels : roundings.sampled) + 1) * u * z.magnitude;
      loss += term;
      bound += std::fabs(sigmoid(z.value) - share) * off + off * off / 8 + 5 * u * part + 0x1p-148;
    }
    EXPECT_NEAR(static_cast<double>(found[static_cast<size_t>(i)]), loss, 1.01 * bound + u * loss) << "example " << i;
  }
}

TEST_P(CudaFullSigmoid, Classes) {
  uint64_t seed = 0;
  for (const int64_t classes : {1, 3, 7, 127, 128, 129, 256, 300, 1000}) {
    expect_accurate({5, 2, 0, 17, classes}, classes, {}, GetParam(), ++seed);
  }
  expect_accurate({2, 1, 0, 3, 9000}, 9000, {}, GetParam(), 10);  // several tiles a slice
}

TEST_P(CudaFullSigmoid, BatchesAndLabels) {
  uint64_t seed = 100;
  for (const int64_t batch : {1, 3, 127, 128, 129, 140}) {
    expect_accurate({batch, 1 + batch % 4, 0, 16, 70}, 70, {}, GetParam(), ++seed);
  }
  for (const int64_t num_true : {1, 2, 31, 33, 70}) {  // many of them equal
    expect_accurate({4, num_true, 0, 8, 9}, 9, {}, GetParam(), ++seed);
  }
}

TEST_P(CudaFullSigmoid, PartitionsAndPadding) {
  for (const int64_t partitions : {1, 2, 5, 60}) {
    expect_accurate({5, 2, 0, 24, 150}, 150, {kernels::PartitionStrategy::kDiv, partitions}, GetParam(), 1);
    expect_accurate({5, 2, 0, 24, 150}, 131, {kernels::PartitionStrategy::kDiv, partitions, 1}, GetParam(), 2);
    expect_accurate({5, 2, 0, 24, 150}, 150, {kernels::PartitionStrategy::kMod, partitions, 0, false}, GetParam(), 3);
  }
}

TEST_P(CudaFullSigmoid, Values) {
  NceCase nce({3, 1, 0, 4, 200}, 4);
  nce.label(1, 0) = NceCase::kIgnored;
  nce.input(1)[2] = kInf;
  nce.input(2)[0] = std::numeric_limits<float>::quiet_NaN();
  const DeviceCase device(nce, GetParam(), {}, 4);
  const std::vector<float> found = losses(device.problem().batch, 200);
  EXPECT_TRUE(std::isfinite(found[0]));
  EXPECT_EQ(found[1], 0);
  EXPECT_TRUE(std::isnan(found[2]));
  EXPECT_TRUE(std::isnan(losses(device.problem().batch, 200, kernels::Reduction::kSum)[0]));
}

TEST_P(CudaFullSigmoid, WorkspaceDoesNotGrowWithTheClasses) {
  NceCase nce({1024, 1, 0, 4, 10}, 4);
  const DeviceCase device(nce, GetParam(), {}, 4);
  kernels::cuda::RunBytes some, more;
  ASSERT_TRUE(kernels::cuda::full_sigmoid_loss_bytes(device.problem().batch, 1'000'000, &some));
  ASSERT_TRUE(kernels::cuda::full_sigmoid_loss_bytes(device.problem().batch, 1'000'000'000'000, &more));
  EXPECT_LE(some.device, 1024u * (64 + 4) * 8);  // at most 64 sums an example
  EXPECT_LE(more.device, 1024u * (64 + 4) * 8);
}

INSTANTIATE_TEST_SUITE_P(Types, CudaFullSigmoid, testing::ValuesIn(kTypePairs),
                         [](const auto& pair) { return std::string(pair.param.name); });
INSTANTIATE_TEST_SUITE_P(Hopper, CudaFullSigmoid, testing::ValuesIn(kHopperPairs),
                         [](const auto& pair) { return std::string(pair.param.name); });

}  // namespace
}  // namespace ortnce::test
