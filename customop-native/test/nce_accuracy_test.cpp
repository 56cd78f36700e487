// Relative errors of losses and gradients over the sizes at which TensorFlow's were measured: tf.nn.nce_loss in
// float32 is off by 0.84e-7 to 1.96e-7, its gradients by 0.7e-7 to 3e-7 of their norm. Prints the worst of a level.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "platform/instruction_set.h"
#include "support/nce_gradient_case.h"

namespace ortnce::test {
namespace {

constexpr double kGate = 1e-6;

struct Worst {
  double error = 0;
  NceSizes sizes{};

  void add(double found, const NceSizes& at) {
    if (!(found <= error)) *this = {found, at};
  }
  void report(const char* what) const {
    std::printf("%s, %s: %.3g at T %d, S %d, D %d\n", platform::name_of(platform::active_level()), what, error,
                static_cast<int>(sizes.num_true), static_cast<int>(sizes.num_sampled), static_cast<int>(sizes.dim));
  }
};

/// |actual - expected| / |expected|, Euclidean norms.
double norm_error(const std::vector<float>& actual, const std::vector<double>& expected) {
  double off = 0, norm = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    off = std::hypot(off, static_cast<double>(actual[i]) - expected[i]);
    norm = std::hypot(norm, expected[i]);
  }
  return off / norm;
}

TEST(NceAccuracy, OverTheStandardSizes) {
  Worst loss_error, inputs_error, weights_error;
  for (const int64_t dim : {16, 64, 256, 1024, 4096}) {
    for (const int64_t num_sampled : {1, 16, 128, 1024, 8192}) {
      if (dim * num_sampled > (int64_t{1} << 22)) continue;  // the reference takes its time
      for (const int64_t num_true : {1, 5}) {
        const NceSizes sizes{3, num_true, num_sampled, dim};
        NceCase nce(sizes, static_cast<uint64_t>(dim + num_sampled + num_true));
        const kernels::NceProblem problem = nce.problem();
        const std::vector<double> losses = forward(problem), exact = reference(problem);
        for (size_t i = 0; i < exact.size(); ++i) {
          loss_error.add(std::fabs(losses[i] - exact[i]) / std::fabs(exact[i]), sizes);
        }
        const std::vector<float> loss_grad(static_cast<size_t>(sizes.batch), 1.0f);
        const GradientArrays<float> gradient = backward(problem, loss_grad);
        const GradientArrays<double> expected = backward_reference(problem, loss_grad);
        inputs_error.add(norm_error(gradient.inputs, expected.inputs), sizes);
        weights_error.add(norm_error(gradient.sampled, expected.sampled), sizes);
      }
    }
  }
  loss_error.report("loss, relative");
  inputs_error.report("gradient by inputs, of its norm");
  weights_error.report("gradient by candidates' weights, of its norm");
  for (const Worst& worst : {loss_error, inputs_error, weights_error}) EXPECT_LE(worst.error, kGate);
}

}  // namespace
}  // namespace ortnce::test
