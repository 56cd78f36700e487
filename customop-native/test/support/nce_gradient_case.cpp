#include "support/nce_gradient_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/reference/nce_reference.h"
#include "support/guarded_workspace.h"
#include "support/nce_terms.h"

namespace ortnce::test {
namespace {

constexpr float kGuard = -777.0f;

/// `count` floats of NaN between two guards.
std::vector<float> guarded(int64_t count) {
  std::vector<float> array(static_cast<size_t>(count) + 2, std::numeric_limits<float>::quiet_NaN());
  array.front() = array.back() = kGuard;
  return array;
}

/// Visits the parts of gradients under their names.
template <class Visit, class... Arrays>
void for_each_part(Visit visit, const Arrays&... arrays) {
  visit("inputs", arrays.inputs...);
  visit("true_slopes", arrays.true_slopes...);
  visit("sampled", arrays.sampled...);
  visit("sampled_biases", arrays.sampled_biases...);
}

std::vector<double> widened(const std::vector<float>& numbers) { return {numbers.begin(), numbers.end()}; }

template <class Number>
GradientArrays<Number> zeros(const kernels::NceProblem& p) {
  const auto array = [](int64_t count) { return std::vector<Number>(static_cast<size_t>(count)); };
  return {array(p.batch * p.dim), array(p.batch * p.num_true), array(p.num_sampled * p.dim), array(p.num_sampled)};
}

}  // namespace

std::vector<float> any_loss_grad(const kernels::NceProblem& problem, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<float> loss_grad;
  for (int64_t i = 0; i < problem.batch; ++i) {
    const float any = uniform(random);
    loss_grad.push_back(i % 5 == 4 || kernels::counted_labels(problem, i) == 0 ? 0 : any);
  }
  return loss_grad;
}

GradientArrays<float> backward(const kernels::NceProblem& p, const std::vector<float>& loss_grad,
                               kernels::Executor& executor) {
  size_t bytes = 0;
  EXPECT_TRUE(kernels::nce_backward_workspace(p, &bytes));
  GuardedWorkspace workspace(bytes);
  GradientArrays<float> result{guarded(p.batch * p.dim), guarded(p.batch * p.num_true), guarded(p.num_sampled * p.dim),
                               guarded(p.num_sampled)};
  kernels::nce_backward(p, loss_grad.data(), workspace.data(), executor,
                        {result.inputs.data() + 1, result.true_slopes.data() + 1, result.sampled.data() + 1,
                         result.sampled_biases.data() + 1});
  EXPECT_TRUE(workspace.intact()) << "written behind the workspace of " << bytes << " bytes";
  for (auto* const part : {&result.inputs, &result.true_slopes, &result.sampled, &result.sampled_biases}) {
    EXPECT_TRUE(part->front() == kGuard && part->back() == kGuard) << "written outside a result";
    part->erase(part->begin());
    part->pop_back();
  }
  return result;
}

GradientArrays<float> backward(const kernels::NceProblem& problem, const std::vector<float>& loss_grad) {
  kernels::SerialExecutor serial;
  return backward(problem, loss_grad, serial);
}

GradientArrays<double> backward_reference(const kernels::NceProblem& p, const std::vector<float>& loss_grad) {
  GradientArrays<double> result = zeros<double>(p);
  kernels::reference::nce_backward(
      p, loss_grad.data(),
      {result.inputs.data(), result.true_slopes.data(), result.sampled.data(), result.sampled_biases.data()});
  return result;
}

// With u = 2^-24, G the gradient of the loss, z the target, g = sigmoid(l) - z and the logit off by at
// most d (see error_bounds), each slope G g is off by
//
//   e = |G| (d / 4 + 8 u part),
//
// 1/4 the greatest slope of sigmoid. 8 u: 3 ulp of sigmoid are 6 u, then the product with G, and 1/T
// and the subtraction where there is one. part = |g|, or sigmoid(l) + z for 0 < z < 1, where the two
// may cancel. A sum of slopes times factors f is off by sum_j (e_j + K u |G_j g_j|) |f_j|, K the
// roundings of a term: its product, a chain of up to 256, one addition a chain, and for examples one
// for each label. Biases are summed in double within a chunk of 1024 examples. 1 % more covers
// products of these factors, 2^-146 the subnormal numbers.
GradientArrays<double> gradient_bounds(const kernels::NceProblem& p, const std::vector<float>& loss_grad) {
  const auto chain = [](int64_t terms) {
    return static_cast<double>(1 + std::min<int64_t>(terms, 256) + (terms + 255) / 256);
  };
  return gradient_bounds(p, loss_grad, LogitRoundings(p.dim),
                         {chain(p.num_sampled) + static_cast<double>(p.num_true), chain(p.batch),
                          static_cast<double>((p.batch + 1023) / 1024)});
}

GradientArrays<double> gradient_bounds(const kernels::NceProblem& p, const std::vector<float>& loss_grad,
                                       const LogitRoundings& roundings_of, const SumRoundings& sums) {
  constexpr double u = 0x1p-24, kSubnormal = 0x1p-146;
  struct Slope {
    double size, off;
  };
  const auto slope_of = [&](const Logit& logit, float gradient, double target, double roundings) -> Slope {
    const double s = sigmoid(logit.value), grad = std::fabs(static_cast<double>(gradient));
    const double size = target == 1 ? sigmoid(-logit.value) : std::fabs(s - target);
    const double part = target == 0 || target == 1 ? size : s + target;
    const double off = (roundings + 1) * u * logit.magnitude;
    return {grad * size, 1.01 * grad * (off / 4 + 8 * u * part) + (1 + grad) * kSubnormal};
  };

  GradientArrays<double> bounds = zeros<double>(p);
  const auto add = [&](double* row_bounds, const Slope& slope, double roundings, const void* embedding) {
    const auto* const row = static_cast<const float*>(embedding);
    const double factor = slope.off + 1.01 * roundings * u * slope.size;
    for (int64_t d = 0; d < p.dim; ++d) row_bounds[d] += factor * std::fabs(static_cast<double>(row[d])) + kSubnormal;
  };
  for (int64_t i = 0; i < p.batch; ++i) {
    const float* const x = p.inputs + i * p.dim;
    double* const dx = bounds.inputs.data() + i * p.dim;
    const float gradient = loss_grad[static_cast<size_t>(i)];
    const auto counted = static_cast<double>(kernels::counted_labels(p, i));
    for (int64_t at = i * p.num_true; at < (i + 1) * p.num_true; ++at) {
      if (p.true_rows[at] == nullptr) continue;
      const Logit logit(x, p.true_rows[at], p.dim, p.true_offsets[at]);
      const Slope slope = slope_of(logit, gradient, 1 / counted, roundings_of.labels);
      bounds.true_slopes[static_cast<size_t>(at)] = slope.off;
      add(dx, slope, sums.inputs, p.true_rows[at]);
    }
    // Without a gradient nothing may be added at all.
    for (int64_t k = 0; gradient != 0 && k < p.num_sampled; ++k) {
      if (p.hits != nullptr && is_hit(p, i, k)) continue;
      const Logit logit(x, p.sampled_rows[k], p.dim, p.sampled_offsets[k]);
      const Slope slope = slope_of(logit, gradient, 0, roundings_of.sampled);
      add(dx, slope, sums.inputs, p.sampled_rows[k]);
      add(bounds.sampled.data() + k * p.dim, slope, sums.sampled, x);
      bounds.sampled_biases[static_cast<size_t>(k)] += slope.off + 1.01 * sums.biases * u * slope.size;
    }
  }
  return bounds;
}

void expect_within(const GradientArrays<float>& actual, const GradientArrays<double>& expected,
                   const GradientArrays<double>& bounds) {
  for_each_part(
      [](const char* name, const std::vector<float>& a, const std::vector<double>& e, const std::vector<double>& b) {
        SCOPED_TRACE(name);
        expect_within(widened(a), e, b);
      },
      actual, expected, bounds);
}

void expect_norm_accurate(const GradientArrays<float>& actual, const GradientArrays<double>& expected) {
  const auto visit = [](const char* name, const std::vector<float>& a, const std::vector<double>& e) {
    ASSERT_EQ(a.size(), e.size()) << name;
    double error = 0, norm = 0;
    for (size_t at = 0; at < a.size(); ++at) {
      error = std::hypot(error, static_cast<double>(a[at]) - e[at]);
      norm = std::hypot(norm, e[at]);
    }
    EXPECT_LE(error, 1e-6 * std::fmax(1.0, norm)) << name << ", norm " << norm;
  };
  for_each_part(visit, actual, expected);
}

void expect_same_bits(const GradientArrays<float>& a, const GradientArrays<float>& b) {
  const auto visit = [](const char* name, const std::vector<float>& left, const std::vector<float>& right) {
    ASSERT_EQ(left.size(), right.size()) << name;
    for (size_t at = 0; at < left.size(); ++at) {
      ASSERT_EQ(std::memcmp(&left[at], &right[at], sizeof(float)), 0)
          << name << "[" << at << "]: " << left[at] << " and " << right[at];
    }
  };
  for_each_part(visit, a, b);
}

}  // namespace ortnce::test
