// NceLossGrad on the CUDA provider beside the CPU provider, through the C API: class ids and shapes are equal,
// gradients within rounding, refusals the same; see cuda_loss_ops_test.cpp.
//
// Tolerance: some 1e-6 are the roundings of float sums of these sizes.
#include <gtest/gtest.h>

#include "support/class_op_case.h"
#include "support/large_case.h"
#include "support/provider_comparison.h"
#include "support/varied_case.h"

namespace ortnce::test {
namespace {

constexpr const char* kGrad = "NceLossGrad";
constexpr uint32_t kCases = 30;
constexpr double kTolerance = 1e-5;
constexpr double kLargeTolerance = 5e-5;
enum { kLossGrad, kInputs, kLabels, kBiases, kSampled, kTrueCount, kSampledCount, kWeights };

class CudaGradOp : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_cuda()) GTEST_SKIP() << "no CUDA device";
  }
};

NceOpCase given_case(uint32_t number) {
  NceOpCase c = varied_case(number);
  c.own_sample = false;
  return c;
}

TEST_F(CudaGradOp, GradientsAgree) {
  for (uint32_t number = 0; number < kCases; ++number) {
    SCOPED_TRACE(number);
    const NceOpCase c = given_case(number);
    expect_same_outputs(run_on_both(kGrad, c.attributes(), c.grad_inputs()), kTolerance);
  }
}

TEST_F(CudaGradOp, LargeGradientsAgree) {
  if (!has_gpu()) GTEST_SKIP() << "takes an emulation hours";
  for (const auto& [inputs, weights] : kLargeTypes) {
    SCOPED_TRACE(testing::Message() << "types " << static_cast<int>(inputs) << " by " << static_cast<int>(weights));
    const NceOpCase c = large_case(inputs, weights);
    expect_same_outputs(run_on_both(kGrad, c.attributes(), c.grad_inputs()), kLargeTolerance);
  }
}

TEST_F(CudaGradOp, OutputsAreOptional) {
  const NceOpCase c = given_case(0);
  for (size_t left_out = 1; left_out < 5; ++left_out) {
    std::vector<bool> wanted(5, true);
    wanted[left_out] = false;
    expect_same_outputs(run_on_both(kGrad, c.attributes(), c.grad_inputs(), wanted), kTolerance);
  }
  const std::vector<bool> inputs_grad_alone{true, false, false, false, false};
  expect_same_outputs(run_on_both(kGrad, c.attributes(), c.grad_inputs(), inputs_grad_alone), kTolerance);
}

TEST_F(CudaGradOp, WideInputsAreRefusedAsTheyAreDeclared) {
  const NceOpCase c;
  std::vector<OpTensor> declared = types_of(c.grad_inputs());
  declared[kInputs].dims = {-1, 1'073'741'825};
  EXPECT_EQ(OpKernel(kGrad, declared, c.attributes(), {Provider::kCuda}).error(),
            "NceLossGrad: inputs must have at most 1073741824 columns in the kernel for CUDA, got 1073741825: run it "
            "on the processor");
}

TEST_F(CudaGradOp, SizesOfZero) {
  for (const char* reduction : {"none", "mean"}) {
    NceOpCase empty;
    empty.reduction = reduction;
    empty.batch = 0;
    expect_same_outputs(run_on_both(kGrad, empty.attributes(), empty.grad_inputs()), kTolerance);
    NceOpCase no_sample;
    no_sample.reduction = reduction;
    no_sample.num_sampled = 0;
    expect_same_outputs(run_on_both(kGrad, no_sample.attributes(), no_sample.grad_inputs()), kTolerance);
  }
}

TEST_F(CudaGradOp, RefusesTheSame) {
  const NceOpCase c;
  const struct {
    const char* part;  // of the message
    size_t index;
    OpTensor input;
  } bad[] = {
      {"loss_grad must have shape", kLossGrad, floats({6}, std::vector<float>(6))},
      {"loss_grad must be float", kLossGrad, int64s({7}, std::vector<int64_t>(7))},
      {"loss_grad is missing", kLossGrad, kAbsent},
      {"labels[0,0] = 41 is outside", kLabels, int64s({7, 2}, std::vector<int64_t>(14, 41))},
      {"sampled_candidates[0] = 40 is outside", kSampled, int64s({5}, {40, 0, 0, 0, 0})},
      {"true_expected_count[0,0] = 0 must be finite", kTrueCount, floats({7, 2}, std::vector<float>(14))},
      {"sampled values must be given all", kSampledCount, kAbsent},
      {"weights must have shape", kWeights, floats({40, 2}, std::vector<float>(80))},
      {"inputs must have", kInputs, floats({7}, std::vector<float>(7))},
      {"biases must have num_classes", kBiases, floats({3}, {0, 0, 0})},
  };
  for (const auto& one : bad) {
    std::vector<OpTensor> inputs = c.grad_inputs();
    inputs[one.index] = one.input;
    expect_same_error(run_on_both(kGrad, c.attributes(), inputs), one.part);
  }
}

}  // namespace
}  // namespace ortnce::test
