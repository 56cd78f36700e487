#include "support/nce_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/reference/nce_reference.h"
#include "support/guarded_workspace.h"
#include "support/nce_terms.h"

namespace ortnce::test {
float uniform(std::mt19937_64& random) {
  const auto steps = static_cast<int32_t>(random() >> 40) - (1 << 23);  // in [-2^23, 2^23)
  return (static_cast<float>(steps) + 0.5f) * 0x1p-23f;
}

NceCase::NceCase(NceSizes wanted, uint64_t seed, int64_t shift)
    : sizes(wanted),
      inputs(wanted.batch * wanted.dim, shift),
      weights(wanted.num_classes * wanted.dim, shift),
      labels(static_cast<size_t>(wanted.batch * wanted.num_true)),
      sampled(static_cast<size_t>(wanted.num_sampled)),
      true_offsets(labels.size()),
      sampled_offsets(sampled.size()) {
  std::mt19937_64 random(seed);
  const auto any_class = [&] { return static_cast<int64_t>(random() % static_cast<uint64_t>(sizes.num_classes)); };
  const float scale = 3.0f / std::sqrt(static_cast<float>(std::max<int64_t>(sizes.dim, 1)));
  for (int64_t i = 0; i < inputs.size(); ++i) inputs[i] = uniform(random);
  for (int64_t i = 0; i < weights.size(); ++i) weights[i] = scale * uniform(random);
  for (int64_t& id : labels) id = any_class();
  for (int64_t& id : sampled) id = any_class();
  for (float& offset : true_offsets) offset = 3 * uniform(random);
  for (float& offset : sampled_offsets) offset = 3 * uniform(random);
}

kernels::NceProblem NceCase::problem() {
  true_rows_.clear();
  for (const int64_t id : labels) true_rows_.push_back(id == kIgnored ? nullptr : weight(id));
  sampled_rows_.clear();
  for (const int64_t id : sampled) sampled_rows_.push_back(weight(id));
  entries_.resize(sampled.size());
  hits_.emplace(sampled.data(), sizes.num_sampled, entries_.data());
  kernels::NceProblem p;
  p.batch = sizes.batch;
  p.num_true = sizes.num_true;
  p.num_sampled = sizes.num_sampled;
  p.dim = sizes.dim;
  p.inputs = inputs.data();
  p.labels = labels.data();
  p.true_rows = true_rows_.data();
  p.true_offsets = true_offsets.data();
  p.sampled_rows = sampled_rows_.data();
  p.sampled_offsets = sampled_offsets.data();
  p.hits = mask_hits ? &*hits_ : nullptr;
  return p;
}

std::vector<double> forward(const kernels::NceProblem& problem, kernels::Executor& executor) {
  constexpr double kUnwritten = -12345.0;  // no loss is negative
  constexpr double kGuard = -777.0;
  size_t bytes = 0;
  EXPECT_TRUE(kernels::nce_forward_workspace(problem, &bytes));
  GuardedWorkspace workspace(bytes);
  const auto batch = static_cast<size_t>(problem.batch);
  std::vector<double> guarded(batch + 2, kUnwritten);
  guarded.front() = guarded.back() = kGuard;
  kernels::nce_forward(problem, workspace.data(), executor, guarded.data() + 1);
  EXPECT_TRUE(workspace.intact()) << "written behind the workspace of " << bytes << " bytes";
  EXPECT_TRUE(guarded.front() == kGuard && guarded.back() == kGuard) << "written outside loss";
  std::vector<double> losses(guarded.begin() + 1, guarded.end() - 1);
  EXPECT_EQ(std::count(losses.begin(), losses.end(), kUnwritten), 0) << "losses left unwritten";
  return losses;
}

std::vector<double> forward(const kernels::NceProblem& problem) {
  kernels::SerialExecutor serial;
  return forward(problem, serial);
}

std::vector<double> forward(NceCase& nce) { return forward(nce.problem()); }

std::vector<double> reference(const kernels::NceProblem& problem) {
  std::vector<double> losses(static_cast<size_t>(problem.batch));
  kernels::reference::nce_forward(problem, losses.data());
  return losses;
}

// With u = 2^-24, logits l_j, A_j = sum_d |x_d w_jd| + |offset_j| and the slope s_j of term j:
//
//   |loss - reference| <= sum_j (s_j d_j + d_j^2 / 8) + 5 u sum_j part_j + N 2^-148
//
// d_j = (K + 1) u A_j is how far logit j may be off: the roundings of a product on its way into the
// sum (LogitRoundings) and one for the offset. d^2 / 8 bounds the curvature of softplus. 5 u: a label's
// term costs 2 ulp = 4 u. The terms of a lane's candidates cost 2 u each for the exponential and, for
// all of them together, 2 u for the logarithm and 2 u for each of the products that join them, 3 levels
// at most: 10 u if all were at their worst in one direction. They are not: 1.5 u covers every case of
// these tests, so that 5 u holds the level to half of what it may do. The sums are in double, which 1 %
// more covers along with the products of those factors. part_j is the term, or softplus(l) + |l| / T
// where the two are subtracted; 2^-148 is two ulp of a subnormal term.
std::vector<double> error_bounds(const kernels::NceProblem& p, Dots dots) {
  return error_bounds(p, LogitRoundings(p.dim), dots);
}

std::vector<double> error_bounds(const kernels::NceProblem& p, const LogitRoundings& roundings_of, Dots dots) {
  constexpr double u = 0x1p-24;
  std::vector<double> bounds;
  for (int64_t i = 0; i < p.batch; ++i) {
    double bound = 0;
    const auto add = [&](const Logit& logit, double target, double roundings) {
      const double off = dots == Dots::kExact ? 0 : (roundings + 1) * u * logit.magnitude;
      const double part =
          target == 1 ? softplus(-logit.value) : softplus(logit.value) + std::fabs(target * logit.value);
      bound += std::fabs(sigmoid(logit.value) - target) * off + off * off / 8 + 5 * u * part + 0x1p-148;
    };
    const auto counted = static_cast<double>(kernels::counted_labels(p, i));
    for (int64_t j = 0; counted > 0 && j < p.num_true; ++j) {
      const int64_t at = i * p.num_true + j;
      if (p.true_rows[at] == nullptr) continue;
      add(Logit(p.inputs + i * p.dim, p.true_rows[at], p.dim, p.true_offsets[at]), 1 / counted, roundings_of.labels);
    }
    for (int64_t k = 0; counted > 0 && k < p.num_sampled; ++k) {
      if (p.hits != nullptr && is_hit(p, i, k)) continue;
      add(Logit(p.inputs + i * p.dim, p.sampled_rows[k], p.dim, p.sampled_offsets[k]), 0, roundings_of.sampled);
    }
    bounds.push_back(1.01 * bound);
  }
  return bounds;
}

void expect_within(const std::vector<double>& losses, const std::vector<double>& expected,
                   const std::vector<double>& bounds) {
  ASSERT_EQ(losses.size(), expected.size());
  ASSERT_EQ(losses.size(), bounds.size());
  size_t worst = 0;
  double worst_ratio = 0;
  for (size_t i = 0; i < losses.size(); ++i) {
    const double error = std::fabs(losses[i] - expected[i]);
    // Not "error > bound": NaN must fail.
    const double ratio = error <= bounds[i] ? 0 : (error > 0 ? error / bounds[i] : std::numeric_limits<double>::max());
    if (ratio > worst_ratio) {
      worst_ratio = ratio;
      worst = i;
    }
  }
  if (worst_ratio > 0) {
    ADD_FAILURE() << "loss[" << worst << "] = " << losses[worst] << ", expected " << expected[worst] << " +- "
                  << bounds[worst] << " (" << worst_ratio << " times the bound)";
  }
}

void expect_same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(std::memcmp(&a[i], &b[i], sizeof(double)), 0) << "loss[" << i << "]: " << a[i] << " and " << b[i];
  }
}

}  // namespace ortnce::test
