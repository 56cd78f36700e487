// Special values in nce_forward at the level in use: infinities, NaN, subnormal and huge numbers.
//
// Infinite logits have exact limits (0 or infinity), NaN stays in the examples it touches, and all
// other examples keep their bits. The batch of 53 and 41 candidates fill no tile, panel or block of
// any level, so the padding of each takes part. Finite extremes are compared with the reference;
// there the tolerance is 2 ulp of float for a term, twice that for a sum of two.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/nce_case.h"
#include "support/nce_terms.h"

namespace ortnce::test {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// One example whose logits are `true_logits` and `sampled_logits`: the offsets, over dim = 0.
double loss_of(const std::vector<float>& true_logits, const std::vector<float>& sampled_logits) {
  NceCase nce({1, static_cast<int64_t>(true_logits.size()), static_cast<int64_t>(sampled_logits.size()), 0}, 1);
  nce.true_offsets = true_logits;
  nce.sampled_offsets = sampled_logits;
  return forward(nce)[0];
}

TEST(NceForwardValues, InfiniteLogitsGiveTheLimit) {
  for (const size_t num_true : {1u, 2u, 17u}) {
    const std::vector<float> up(num_true, kInf), down(num_true, -kInf);
    // softplus(u) - u / T: goes to 0 for T = 1 and u = +infinity, else grows without bound.
    EXPECT_EQ(loss_of(up, {}), num_true == 1 ? 0.0 : std::numeric_limits<double>::infinity());
    EXPECT_EQ(loss_of(down, {}), std::numeric_limits<double>::infinity());
  }
  for (size_t sampled = 1; sampled <= 40; ++sampled) {
    EXPECT_EQ(loss_of({kInf}, std::vector<float>(sampled, -kInf)), 0.0);
    EXPECT_EQ(loss_of({kInf}, std::vector<float>(sampled, kInf)), std::numeric_limits<double>::infinity());
  }
  EXPECT_EQ(loss_of({1.0f, -kInf}, {kInf, -kInf}), std::numeric_limits<double>::infinity());
}

TEST(NceForwardValues, InfiniteProductsGiveTheLimit) {
  // Inputs are infinite and every class has a row of one sign: no product is NaN.
  for (const int64_t dim : {1, 2, 5, 16, 300}) {
    NceCase nce({53, 1, 41, dim, 2}, 2);
    for (int64_t d = 0; d < dim; ++d) {
      nce.weight(0)[d] = 1;
      nce.weight(1)[d] = -1;
    }
    for (int64_t& label : nce.labels) label = 0;
    for (int64_t& id : nce.sampled) id = 1;
    const std::vector<double> finite = forward(nce);
    nce.input(50)[dim - 1] = kInf;   // true logit +infinity, sampled logits -infinity
    nce.input(51)[dim / 2] = -kInf;  // the other way round
    const std::vector<double> losses = forward(nce);
    for (size_t i = 0; i < losses.size(); ++i) {
      if (i == 50)
        EXPECT_EQ(losses[i], 0.0) << "dim " << dim;
      else if (i == 51)
        EXPECT_EQ(losses[i], std::numeric_limits<double>::infinity()) << "dim " << dim;
      else
        EXPECT_EQ(losses[i], finite[i]) << "dim " << dim << ", example " << i;
    }
  }
}

TEST(NceForwardValues, InfiniteHitIsLeftOut) {
  NceCase nce({3, 1, 9, 0}, 3);
  nce.mask_hits = true;
  nce.sampled = {20, 21, 22, 23, 24, 25, 26, 27, 28};
  nce.labels = {23, 28, 40};
  for (const float special : {kInf, kNan}) {
    for (const size_t hit : {3u, 8u}) {
      std::vector<float> offsets(9, -1.0f);
      offsets[hit] = special;
      nce.sampled_offsets = offsets;
      const std::vector<double> losses = forward(nce);
      for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(std::isfinite(losses[i]), i == (hit == 3 ? 0u : 1u)) << special << " at " << hit << ": " << losses[i];
      }
    }
  }
}

/// What is NaN after `change`, with all other examples unchanged to the bit.
template <class Change>
std::vector<int64_t> turned_nan(NceCase nce, Change change) {
  const std::vector<double> before = forward(nce);
  change(nce);
  const std::vector<double> after = forward(nce);
  std::vector<int64_t> nan;
  for (size_t i = 0; i < after.size(); ++i) {
    if (std::isnan(after[i]))
      nan.push_back(static_cast<int64_t>(i));
    else
      EXPECT_EQ(after[i], before[i]) << "example " << i;
  }
  return nan;
}

TEST(NceForwardValues, NanInputTouchesItsExampleOnly) {
  for (int64_t example = 0; example < 53; ++example) {
    const auto nan = turned_nan(NceCase({53, 2, 41, 19}, 4), [&](NceCase& nce) { nce.input(example)[18] = kNan; });
    EXPECT_EQ(nan, std::vector<int64_t>{example});
  }
}

TEST(NceForwardValues, OpposedInfinitiesTouchTheirExampleOnly) {
  NceCase nce({53, 1, 41, 19}, 5);
  for (int64_t c = 0; c < nce.sizes.num_classes; ++c) nce.weight(c)[3] = nce.weight(c)[4] = 0.5f;
  const auto nan = turned_nan(std::move(nce), [](NceCase& changed) {
    changed.input(7)[3] = kInf;
    changed.input(7)[4] = -kInf;
  });
  EXPECT_EQ(nan, std::vector<int64_t>{7});
}

TEST(NceForwardValues, NanWeightTouchesTheExamplesThatUseIt) {
  NceCase nce({53, 2, 41, 19, 100}, 6);
  for (int64_t& label : nce.labels) label %= 40;
  for (int64_t& id : nce.sampled) id = 40 + id % 40;
  nce.label(11, 1) = nce.label(52, 0) = 39;
  std::vector<int64_t> users;
  for (int64_t i = 0; i < 53; ++i) {
    if (nce.label(i, 0) == 39 || nce.label(i, 1) == 39) users.push_back(i);
  }
  EXPECT_EQ(turned_nan(nce, [](NceCase& c) { c.weight(39)[0] = kNan; }), users);
  // Nobody uses classes 80 to 99.
  const auto none = turned_nan(nce, [](NceCase& c) {
    for (int64_t id = 80; id < 100; ++id) {
      for (int64_t d = 0; d < 19; ++d) c.weight(id)[d] = kNan;
    }
  });
  EXPECT_EQ(none, std::vector<int64_t>{});
  // A candidate belongs to every example, except where it is a hit.
  nce.mask_hits = true;
  nce.sampled[40] = 39;
  std::vector<int64_t> others;
  for (int64_t i = 0; i < 53; ++i) {
    if (std::count(users.begin(), users.end(), i) == 0) others.push_back(i);
  }
  const auto with_hits = turned_nan(nce, [](NceCase& c) { c.sampled_offsets[40] = kNan; });
  EXPECT_EQ(with_hits, others);
}

TEST(NceForwardValues, ExtremeLogitsKeepRelativeAccuracy) {
  constexpr double kTwoUlp = 4 * 0x1p-24, kSubnormal = 0x1p-148;
  for (const float x :
       {88.73f, 104.0f, -88.73f, -103.2f, -100.0f, -87.4f, -30.0f, -16.7f, -1e-3f, 1e-30f, 16.7f, 1e4f, 3e38f}) {
    const double term = std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(static_cast<double>(x))));
    // A true logit of +infinity adds nothing: the loss is the one term.
    EXPECT_NEAR(loss_of({kInf}, {x}), term, kTwoUlp * term + kSubnormal) << x;
    EXPECT_NEAR(loss_of({-x}, {}), term, kTwoUlp * term + kSubnormal) << x;
  }
  EXPECT_EQ(loss_of({kInf}, {-1e4f, -3e38f, -150.0f}), 0.0);
}

TEST(NceForwardValues, EqualTermsAddUp) {
  // Every lane makes the same roundings: none makes good for another. 64 candidates fill a panel of all
  // levels or several, 1000 the last group in part.
  for (const size_t sampled : {2u, 64u, 1000u}) {
    for (int i = -400; i < 400; ++i) {
      const float x = 0.1037f * static_cast<float>(i);
      const double terms = static_cast<double>(sampled) * softplus(static_cast<double>(x));
      EXPECT_NEAR(loss_of({kInf}, std::vector<float>(sampled, x)), terms, 5 * 0x1p-24 * terms) << sampled << ", " << x;
    }
  }
}

TEST(NceForwardValues, ManyTinyTermsAddUp) {
  // A million terms of 1e-30: sums run in double, so none is lost.
  const std::vector<float> logits(1'000'000, -69.0f);
  const double term = std::log1p(std::exp(-69.0));
  EXPECT_NEAR(loss_of({kInf}, logits), 1e6 * term, 5 * 0x1p-24 * 1e6 * term);
}

TEST(NceForwardValues, SubnormalNumbersAreNotFlushed) {
  for (const int64_t dim : {3, 64, 1000}) {
    NceCase nce({5, 1, 9, dim}, 7);
    for (int64_t i = 0; i < nce.inputs.size(); ++i) nce.inputs[i] = 1e-41f;  // subnormal
    for (int64_t i = 0; i < nce.weights.size(); ++i) nce.weights[i] = 1e38f;
    for (float& offset : nce.true_offsets) offset = 0;
    for (float& offset : nce.sampled_offsets) offset = 0;
    const kernels::NceProblem problem = nce.problem();
    const std::vector<double> losses = forward(problem);
    expect_within(losses, reference(problem), error_bounds(problem));
    // As zeros they would give softplus(0) = log 2 ten times.
    EXPECT_GT(std::fabs(losses[0] - 10 * std::log(2.0)), 1e-3);
  }
}

TEST(NceForwardValues, SubnormalNumbersChangeNoOtherExample) {
  for (const int64_t dim : {3, 64, 300, 1000}) {
    NceCase nce({5, 1, 150, dim}, 7);
    // Products of what is large and what is subnormal too: some 0.1 a weight.
    for (int64_t d = 0; d < dim; ++d) nce.input(1)[d] = 1e38f;
    for (int64_t i = 0; i < nce.weights.size(); ++i) nce.weights[i] *= 1e-39f;
    const std::vector<double> before = forward(nce);
    for (int64_t d = 0; d < dim; d += 2) nce.input(0)[d] = d % 4 == 0 ? 1e-41f : -3e-39f;
    const kernels::NceProblem problem = nce.problem();
    const std::vector<double> after = forward(problem);
    expect_same_bits({before.begin() + 1, before.end()}, {after.begin() + 1, after.end()});
    expect_within(after, reference(problem), error_bounds(problem));
  }
}

TEST(NceForwardValues, SubnormalTimesInfinityIsInfinity) {
  NceCase nce({2, 1, 9, 20, 20}, 7);
  for (int64_t d = 0; d < 20; ++d) nce.input(0)[d] = d == 0 ? 1e-41f : 1.0f;
  nce.weight(nce.sampled[4])[0] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(forward(nce)[0], std::numeric_limits<double>::infinity());
}

TEST(NceForwardValues, HugeFiniteSums) {
  for (const int64_t dim : {12, 300}) {
    NceCase nce({5, 1, 9, dim, 20}, 8);
    for (int64_t i = 0; i < nce.inputs.size(); ++i) nce.inputs[i] = 1e38f;
    for (int64_t i = 0; i < nce.weights.size(); ++i) nce.weights[i] = 1.2f / static_cast<float>(dim);
    const kernels::NceProblem problem = nce.problem();
    const std::vector<double> expected = reference(problem);
    EXPECT_GT(expected[0], 1e39);  // nine logits of 1.2e38
    expect_within(forward(problem), expected, error_bounds(problem));
  }
}

TEST(NceForwardValues, OverflowFollowsIeee) {
  NceCase nce({5, 1, 9, 4, 20}, 9);
  for (int64_t i = 0; i < nce.inputs.size(); ++i) nce.inputs[i] = 1e38f;
  for (int64_t i = 0; i < nce.weights.size(); ++i) nce.weights[i] = 1e38f;
  for (const double loss : forward(nce)) EXPECT_EQ(loss, std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace ortnce::test
