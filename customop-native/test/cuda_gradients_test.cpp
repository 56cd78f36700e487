// NceLossGrad of the CUDA kernels, in the emulation, against the double-precision reference, its parts added
// up by class: every pair of types, sizes around the edges of tiles, steps and chunks, hits, ignored labels,
// classes that occur often.
//
// Tolerance: gradient_bounds(), what rounding can do at worst, added up by class.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "kernels/class_gradients.h"
#include "kernels/conversion.h"
#include "kernels/cuda/nce_backward.h"
#include "support/device_case.h"
#include "support/guarded_workspace.h"
#include "support/nce_gradient_case.h"

namespace ortnce::test {
namespace {

using kernels::ElementType;
using kernels::Reduction;
using kernels::cuda::SlopeChunk;

/// By example, and by class in ascending order.
struct Gradients {
  std::vector<float> inputs, weights, biases;
};

/// The classes of `nce` as the glue groups them.
class Groups {
 public:
  explicit Groups(NceCase& nce)
      : entries_(static_cast<size_t>(std::max<int64_t>(kernels::IdGroups::room(occurrences(nce)), 1))),
        groups(kernels::group_classes(nce.problem(), nce.sampled.data(), entries_.data())) {}

 private:
  static int64_t occurrences(const NceCase& nce) {
    return nce.sizes.batch * nce.sizes.num_true + nce.sizes.num_sampled;
  }
  std::vector<kernels::IdGroups::Entry> entries_;

 public:
  kernels::IdGroups groups;
};

/// What a run computes and how it is cut.
struct Run {
  bool weights = true, biases = true;
  SlopeChunk chunk = {};
};

Gradients backward(NceCase& nce, const DeviceCase& device, Reduction reduction, const std::vector<float>& loss_grad,
                   const Run& run = {}, size_t* device_bytes = nullptr) {
  const kernels::cuda::DeviceNceProblem p = device.problem();
  const Groups of(nce);
  const int64_t inputs = p.batch.batch * p.batch.dim, classes = run.weights || run.biases ? of.groups.count() : 0;
  const int64_t weights = run.weights ? classes * p.batch.dim : 0, biases = run.biases ? classes : 0;
  GuardedWorkspace inputs_out(static_cast<size_t>(inputs * kernels::element_bytes(p.batch.type)));
  GuardedWorkspace weights_out(static_cast<size_t>(weights) * sizeof(float));
  GuardedWorkspace biases_out(static_cast<size_t>(biases) * sizeof(float));
  const kernels::cuda::DeviceNceGradients out{inputs_out.data(),
                                              run.weights ? static_cast<float*>(weights_out.data()) : nullptr,
                                              run.biases ? static_cast<float*>(biases_out.data()) : nullptr};
  kernels::cuda::RunBytes bytes;
  EXPECT_TRUE(kernels::cuda::nce_backward_bytes(p, of.groups, out, &bytes, run.chunk));
  if (device_bytes != nullptr) *device_bytes = bytes.device;
  GuardedWorkspace host(bytes.host), memory(bytes.device);
  const kernels::cuda::Status status =
      kernels::cuda::nce_backward(p, reduction, loss_grad.data(), of.groups, {host.data(), memory.data()}, nullptr,
                                  out, run.chunk);
  EXPECT_TRUE(status.ok()) << status.step << ": " << status.reason;
  EXPECT_TRUE(host.intact() && memory.intact() && inputs_out.intact() && weights_out.intact() && biases_out.intact());
  const auto floats = [](GuardedWorkspace& from, int64_t count) {
    const auto* const first = static_cast<const float*>(from.data());
    return std::vector<float>(first, first + count);
  };
  Gradients result{std::vector<float>(static_cast<size_t>(inputs)), floats(weights_out, weights),
                   floats(biases_out, biases)};
  if (p.batch.type == ElementType::kFloat) {
    result.inputs = floats(inputs_out, inputs);
  } else {
    kernels::widen(p.batch.type, inputs_out.data(), inputs, result.inputs.data());
  }
  return result;
}

/// Parts of a gradient, or their bounds, added up by class. `magnitudes`: of the terms.
struct ByClass {
  std::vector<double> weights, biases;
};

ByClass add_by_class(NceCase& nce, const GradientArrays<double>& parts, bool magnitudes) {
  const Groups of(nce);
  const int64_t labels = nce.sizes.batch * nce.sizes.num_true, dim = nce.sizes.dim;
  ByClass sums;
  for (int64_t group = 0; group < of.groups.count(); ++group) {
    std::vector<double> row(static_cast<size_t>(dim));
    double bias = 0;
    for (const auto* at = of.groups.begin(group); at != of.groups.end(group); ++at) {
      const bool label = at->source < labels;
      const auto source = static_cast<size_t>(label ? at->source : at->source - labels);
      const double slope = label ? parts.true_slopes[source] : parts.sampled_biases[source];
      bias += magnitudes ? std::fabs(slope) : slope;
      for (int64_t d = 0; d < dim; ++d) {
        const double x = label ? static_cast<double>(nce.input(at->source / nce.sizes.num_true)[d]) : 0;
        const double term =
            label ? slope * x : parts.sampled[source * static_cast<size_t>(dim) + static_cast<size_t>(d)];
        row[static_cast<size_t>(d)] += magnitudes ? std::fabs(term) : term;
      }
    }
    sums.weights.insert(sums.weights.end(), row.begin(), row.end());
    sums.biases.push_back(bias);
  }
  return sums;
}

std::vector<double> widened(const std::vector<float>& numbers) { return {numbers.begin(), numbers.end()}; }

/// `roundings` of a sum by class, and of the result.
std::vector<double> with_sums(std::vector<double> bounds, const std::vector<double>& magnitudes, double roundings,
                              double result) {
  for (size_t i = 0; i < bounds.size(); ++i) {
    bounds[i] = 1.01 * (bounds[i] + roundings * 0x1p-24 * magnitudes[i] + result * magnitudes[i]) + 0x1p-140;
  }
  return bounds;
}

void expect_accurate(NceCase& nce, const TypePair& types, uint64_t seed, const SlopeChunk& chunk = {}) {
  const NceSizes& sizes = nce.sizes;
  SCOPED_TRACE(testing::Message() << types.name << ", B " << sizes.batch << ", T " << sizes.num_true << ", S "
                                  << sizes.num_sampled << ", D " << sizes.dim << ", seed " << seed << ", chunks of "
                                  << chunk.examples << " by " << chunk.candidates);
  const DeviceCase device(
      nce, types, {kernels::PartitionStrategy::kDiv, 1 + static_cast<int64_t>(seed % 3), seed % 4 == 0 ? 1 : 0}, seed);
  const kernels::NceProblem p = nce.problem();
  const std::vector<float> loss_grad = any_loss_grad(p, seed);
  const Gradients found = backward(nce, device, Reduction::kNone, loss_grad, {true, true, chunk});

  const GradientArrays<double> expected = backward_reference(p, loss_grad);
  const double batch = static_cast<double>(sizes.batch),
               terms = static_cast<double>(sizes.num_sampled + sizes.num_true);
  const GradientArrays<double> bounds =
      gradient_bounds(p, loss_grad, device.roundings(), device.sum_roundings(terms, batch));
  const double half = types.inputs == ElementType::kFloat     ? 0
                      : types.inputs == ElementType::kFloat16 ? 0x1p-11
                                                              : 0x1p-8;
  std::vector<double> inputs_bounds = bounds.inputs;
  for (size_t i = 0; i < inputs_bounds.size(); ++i) {
    inputs_bounds[i] = 1.01 * inputs_bounds[i] + half * std::fabs(expected.inputs[i]) + (half > 0 ? 0x1p-24 : 0);
  }
  expect_within(widened(found.inputs), expected.inputs, inputs_bounds);

  const ByClass sums = add_by_class(nce, expected, false), magnitudes = add_by_class(nce, expected, true);
  const ByClass off = add_by_class(nce, bounds, true);
  const double most = static_cast<double>(sizes.batch * sizes.num_true + sizes.num_sampled);  // occurrences
  expect_within(widened(found.weights), sums.weights, with_sums(off.weights, magnitudes.weights, most, 0));
  expect_within(widened(found.biases), sums.biases, with_sums(off.biases, magnitudes.biases, 1, 0));
}

void expect_accurate(NceSizes sizes, const TypePair& types, uint64_t seed) {
  NceCase nce(sizes, seed);
  nce.mask_hits = seed % 2 == 0;
  for (size_t at = seed % 7; seed % 3 == 1 && at < nce.labels.size(); at += 3) nce.labels[at] = NceCase::kIgnored;
  expect_accurate(nce, types, seed);
}

/// Two by two chunks and more of 128 or less; hits, and examples without counted labels on both sides of a border.
NceCase case_of_chunks() {
  NceCase nce({300, 2, 260, 20, 500}, 9);
  nce.mask_hits = true;
  for (size_t at = 2 * 120; at < 2 * 140; ++at) nce.labels[at] = NceCase::kIgnored;
  nce.labels[7] = NceCase::kIgnored;
  for (size_t i = 0; i < 300; i += 5) nce.labels[2 * i + 1] = nce.sampled[i % 260];
  return nce;
}

class CudaGradients : public testing::TestWithParam<TypePair> {};

TEST_P(CudaGradients, Dim) {
  uint64_t seed = 0;
  for (const int64_t dim : {0, 1, 3, 8, 15, 16, 17, 33, 64, 127, 128, 129, 300}) {
    expect_accurate({5, 2, 9, dim}, GetParam(), ++seed);
  }
}

TEST_P(CudaGradients, BatchAndCandidates) {
  uint64_t seed = 100;
  for (const int64_t size : {0, 1, 3, 15, 16, 17, 31, 33, 127, 128, 129, 260}) {
    expect_accurate({size, 2, 20, 8}, GetParam(), ++seed);
    expect_accurate({9, 1, size, 8}, GetParam(), ++seed);
  }
}

TEST_P(CudaGradients, NumTrue) {
  uint64_t seed = 200;
  for (const int64_t num_true : {1, 2, 5, 33}) expect_accurate({7, num_true, 40, 17, 12}, GetParam(), ++seed);
}

TEST_P(CudaGradients, RandomMixtures) {
  std::mt19937_64 random(20261129);
  const int64_t dims[] = {1, 8, 20, 64, 130}, sizes[] = {1, 7, 31, 128, 140, 200};
  const auto any = [&](const auto& list) { return list[random() % std::size(list)]; };
  for (uint64_t round = 0; round < 10; ++round) {
    expect_accurate({any(sizes), static_cast<int64_t>(1 + random() % 4), any(sizes), any(dims), 30}, GetParam(),
                    1000 + round);
  }
}

TEST_P(CudaGradients, Chunks) {
  NceCase nce = case_of_chunks();
  for (const SlopeChunk chunk : {SlopeChunk{128, 128}, SlopeChunk{100, 90}}) {
    expect_accurate(nce, GetParam(), 9, chunk);
  }
}

TEST_P(CudaGradients, ChunksChangeNoSumThatTheyDoNotCut) {
  NceCase nce = case_of_chunks();
  const DeviceCase device(nce, GetParam(), {}, 9);
  const auto cut = [&](const SlopeChunk& chunk) {
    return backward(nce, device, Reduction::kMean, {1}, {true, true, chunk});
  };
  const Gradients whole = cut({});
  EXPECT_EQ(cut({100, 2048}).inputs, whole.inputs);
  const Gradients of_candidates = cut({4096, 90});
  EXPECT_EQ(of_candidates.weights, whole.weights);
  EXPECT_EQ(of_candidates.biases, whole.biases);
}

TEST_P(CudaGradients, WhatIsNotWantedTakesNoMemory) {
  NceCase nce = case_of_chunks();
  const DeviceCase device(nce, GetParam(), {}, 9);
  size_t all_bytes = 0, bytes = 0;
  const Gradients all = backward(nce, device, Reduction::kMean, {1}, {}, &all_bytes);
  const Gradients no_weights = backward(nce, device, Reduction::kMean, {1}, {false, true}, &bytes);
  EXPECT_EQ(no_weights.inputs, all.inputs);
  EXPECT_EQ(no_weights.biases, all.biases);
  EXPECT_LE(bytes + 260 * 20 * sizeof(float), all_bytes);
  const Gradients no_biases = backward(nce, device, Reduction::kMean, {1}, {true, false}, &bytes);
  EXPECT_EQ(no_biases.inputs, all.inputs);
  EXPECT_EQ(no_biases.weights, all.weights);
  EXPECT_LE(bytes + 260 * sizeof(double), all_bytes);
  const Gradients inputs_alone = backward(nce, device, Reduction::kMean, {1}, {false, false}, &bytes);
  EXPECT_EQ(inputs_alone.inputs, all.inputs);
  EXPECT_LE(bytes + 260 * 20 * sizeof(float) + 260 * sizeof(double) + 600 * sizeof(int64_t), all_bytes);
}

TEST_P(CudaGradients, Reductions) {
  NceCase nce({30, 2, 20, 8}, 5);
  for (size_t at = 0; at < 20; ++at) nce.labels[at] = NceCase::kIgnored;  // of 10 examples
  const DeviceCase device(nce, GetParam(), {}, 5);
  const Gradients sum = backward(nce, device, Reduction::kSum, {4});
  const Gradients each = backward(nce, device, Reduction::kNone, std::vector<float>(30, 4));
  EXPECT_EQ(sum.inputs, each.inputs);
  EXPECT_EQ(sum.weights, each.weights);
  const Gradients mean = backward(nce, device, Reduction::kMean, {80});
  EXPECT_EQ(mean.inputs, each.inputs);
  EXPECT_EQ(mean.biases, each.biases);
  for (size_t i = 0; i < 80; ++i) EXPECT_EQ(each.inputs[i], 0);
}

TEST_P(CudaGradients, ExamplesWithoutLabelsTakeNoPart) {
  NceCase nce({30, 1, 20, 8}, 6);
  nce.labels[7] = NceCase::kIgnored;
  const Gradients expected = backward(nce, DeviceCase(nce, GetParam(), {}, 6), Reduction::kSum, {1});
  for (int64_t d = 0; d < 8; ++d) nce.input(7)[d] = std::numeric_limits<float>::quiet_NaN();
  const Gradients found = backward(nce, DeviceCase(nce, GetParam(), {}, 6), Reduction::kSum, {1});
  EXPECT_EQ(found.inputs, expected.inputs);
  EXPECT_EQ(found.weights, expected.weights);
  EXPECT_EQ(found.biases, expected.biases);
  // Nor do candidates reach them: 0 times NaN or infinity would be NaN.
  nce.weight(nce.sampled[2])[5] = std::numeric_limits<float>::quiet_NaN();
  nce.weight(nce.sampled[19])[0] = std::numeric_limits<float>::infinity();
  const Gradients touched = backward(nce, DeviceCase(nce, GetParam(), {}, 6), Reduction::kSum, {1});
  for (size_t d = 0; d < 8; ++d) EXPECT_EQ(touched.inputs[7 * 8 + d], 0);
}

TEST_P(CudaGradients, NanStaysInItsExampleAndTheClassesThatItMeets) {
  NceCase nce({140, 1, 30, 8, 400}, 8);
  nce.mask_hits = true;
  for (size_t k = 0; k < 30; ++k) nce.sampled[k] = static_cast<int64_t>(k);
  for (size_t i = 0; i < 140; ++i) nce.labels[i] = 100 + static_cast<int64_t>(i);
  nce.labels[131] = 29;  // the only hit: what NaN does not reach
  const DeviceCase device(nce, GetParam(), {}, 8);
  std::vector<float> loss_grad(140, 1);
  const Gradients before = backward(nce, device, Reduction::kNone, loss_grad);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    loss_grad[131] = bad;
    const Gradients after = backward(nce, device, Reduction::kNone, loss_grad);
    for (size_t i = 0; i < 140 * 8; ++i) {
      if (i / 8 == 131) {
        EXPECT_FALSE(std::isfinite(after.inputs[i]));
      } else {
        ASSERT_EQ(after.inputs[i], before.inputs[i]) << i;
      }
    }
    for (size_t group = 0; group < before.biases.size(); ++group) {
      const bool met = group < 30;  // a candidate; its own label is the last of them
      EXPECT_EQ(std::isfinite(after.biases[group]), !met) << group;
      // An infinite slope is no NaN, nor is 0 times infinity left of the hit.
      for (size_t d = 0; met && std::isinf(bad) && d < 8; ++d) {
        EXPECT_TRUE(std::isinf(after.biases[group]) && std::isinf(after.weights[8 * group + d])) << group;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, CudaGradients, testing::ValuesIn(kTypePairs),
                         [](const auto& pair) { return std::string(pair.param.name); });

}  // namespace
}  // namespace ortnce::test
