// NceLoss and FullSigmoidLoss on the CUDA provider beside the CPU provider, through the C API: what is
// compared is the glue. The same node gives the same samples, shapes and error texts, and losses within
// rounding; device memory is not touched by the host. Values have tests of their own (cuda_losses_*_test).
//
// Tolerance: some 1e-6 are the roundings of float sums of these sizes; both providers read the same bits of
// half types.
#include <gtest/gtest.h>

#include "support/class_op_case.h"
#include "support/large_case.h"
#include "support/provider_comparison.h"
#include "support/varied_case.h"

namespace ortnce::test {
namespace {

constexpr const char* kNce = "NceLoss";
constexpr const char* kFull = "FullSigmoidLoss";
constexpr double kTolerance = 5e-6;
constexpr double kLargeTolerance = 1e-5;
enum { kInputs, kLabels, kBiases, kSampled, kTrueCount, kSampledCount, kStep, kWeights };
const std::vector<bool> kLossAlone{true, false, false, false};

class CudaLossOps : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_cuda()) GTEST_SKIP() << "no CUDA device";
  }
};

constexpr uint32_t kCases = 30;

TEST_F(CudaLossOps, NceLossesAndSamplesAgree) {
  for (uint32_t number = 0; number < kCases; ++number) {
    SCOPED_TRACE(number);
    const NceOpCase c = varied_case(number);
    expect_same_outputs(run_on_both(kNce, c.attributes(), c.loss_inputs()), kTolerance);
    expect_same_outputs(run_on_both(kNce, c.attributes(), c.loss_inputs(), kLossAlone), kTolerance);
  }
}

TEST_F(CudaLossOps, FullSigmoidLossesAgree) {
  for (uint32_t number = 0; number < kCases; ++number) {
    SCOPED_TRACE(number);
    const NceOpCase c = varied_case(number);
    expect_same_outputs(run_on_both(kFull, c.attributes(), c.full_inputs(), kLossAlone), kTolerance);
  }
}

TEST_F(CudaLossOps, LargeLossesAgree) {
  if (!has_gpu()) GTEST_SKIP() << "takes an emulation hours";
  for (const auto& [inputs, weights] : kLargeTypes) {
    NceOpCase c = large_case(inputs, weights);
    SCOPED_TRACE(testing::Message() << "types " << static_cast<int>(inputs) << " by " << static_cast<int>(weights));
    expect_same_outputs(run_on_both(kNce, c.attributes(), c.loss_inputs()), kLargeTolerance);
    c.classes = 100'000;
    c.batch = 1000;
    c.dim = 128;
    expect_same_outputs(run_on_both(kFull, c.attributes(), c.full_inputs(), kLossAlone), kLargeTolerance);
  }
}

TEST_F(CudaLossOps, SizesOfZero) {
  NceOpCase c;
  c.num_sampled = 0;
  expect_same_outputs(run_on_both(kNce, c.attributes(), c.loss_inputs()), kTolerance);
  for (const char* reduction : {"none", "mean", "sum"}) {
    NceOpCase empty;
    empty.batch = 0;
    empty.reduction = reduction;
    expect_same_outputs(run_on_both(kNce, empty.attributes(), empty.loss_inputs()), kTolerance);
    expect_same_outputs(run_on_both(kFull, empty.attributes(), empty.full_inputs(), kLossAlone), kTolerance);
  }
}

/// Changes one input of a good case and expects the same refusal.
struct BadInput {
  const char* part;  // of the message
  size_t index;
  OpTensor input;
};

TEST_F(CudaLossOps, NceLossRefusesTheSame) {
  const NceOpCase c;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<int64_t> labels(14, 0);
  labels[13] = 40;
  std::vector<float> counts(14, 1);
  counts[5] = -1;
  const BadInput bad[] = {
      {"labels[6,1] = 40 is outside [0, 40)", kLabels, int64s({7, 2}, labels)},
      {"labels must have shape", kLabels, int64s({7, 1}, std::vector<int64_t>(7))},
      {"labels must be int64 or int32", kLabels, floats({7, 2}, std::vector<float>(14))},
      {"sampled_candidates[1] = -1 is outside", kSampled, int64s({5}, {0, -1, 2, 3, 4})},
      {"sampled_candidates must have num_sampled", kSampled, int64s({4}, {0, 1, 2, 3})},
      {"true_expected_count[2,1] = -1 must be finite", kTrueCount, floats({7, 2}, counts)},
      {"sampled_expected_count[4] = nan must be finite", kSampledCount, floats({5}, {1, 1, 1, 1, nan})},
      {"sampled values must be given all", kSampledCount, kAbsent},
      {"inputs must have", kInputs, floats({7}, std::vector<float>(7))},
      {"inputs is missing", kInputs, kAbsent},
      {"weights must have shape", kWeights, floats({40, 5}, std::vector<float>(200))},
      {"weights is missing", kWeights, kAbsent},
      {"biases must have num_classes", kBiases, floats({3}, {0, 0, 0})},
      {"biases must be float like weights", kBiases,
       op_tensor(ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, {40}, std::vector<uint16_t>(40))},
      {"step must be >= 0", kStep, int64s({}, {-1})},
      {"step must be a scalar", kStep, int64s({2}, {0, 1})},
  };
  for (const BadInput& one : bad) {
    std::vector<OpTensor> inputs = c.loss_inputs();
    inputs[one.index] = one.input;
    expect_same_error(run_on_both(kNce, c.attributes(), inputs), one.part);
  }
}

TEST_F(CudaLossOps, FullSigmoidLossRefusesTheSame) {
  const NceOpCase c;
  const BadInput bad[] = {
      {"labels[0,1] = -2 is outside", kLabels, int64s({7, 2}, {0, -2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})},
      {"labels must have shape", kLabels, int64s({6, 2}, std::vector<int64_t>(12))},
      {"inputs must be float", kInputs, int64s({7, 24}, std::vector<int64_t>(168))},
      {"weights must be float16 like inputs", kInputs,
       op_tensor(ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, {7, 24}, std::vector<uint16_t>(168))},
      {"weights must have", 3, floats({40}, std::vector<float>(40))},
  };
  for (const BadInput& one : bad) {
    std::vector<OpTensor> inputs = c.full_inputs();
    inputs[one.index] = one.input;
    expect_same_error(run_on_both(kFull, c.attributes(), inputs, kLossAlone), one.part);
  }
}

TEST_F(CudaLossOps, AttributesAreCheckedTheSame) {
  const NceOpCase c;
  for (const char* name : {"remove_accidental_hits", "subtract_log_q", "allow_tf32"}) {
    OpAttributes attributes = c.attributes();
    attributes.ints[name] = 2;
    expect_same_error(run_on_both(kNce, attributes, c.loss_inputs()), "must be 0 or 1, got 2");
  }
  OpAttributes attributes = c.attributes();
  attributes.ints["num_classes"] = 41;
  expect_same_error(run_on_both(kNce, attributes, c.loss_inputs()), "num_classes = 41 must be at most the rows");
  expect_same_error(run_on_both(kFull, attributes, c.full_inputs(), kLossAlone), "num_classes = 41");
}

TEST_F(CudaLossOps, WideInputsAreRefusedAsTheyAreDeclared) {
  const NceOpCase c;
  constexpr int64_t kMostDim = 1'073'741'824;
  for (const char* const name : {kNce, kFull}) {
    std::vector<OpTensor> declared = types_of(name == kNce ? c.loss_inputs() : c.full_inputs());
    const auto error = [&](int64_t dim) {
      declared[kInputs].dims = {-1, dim};
      return OpKernel(name, declared, c.attributes(), {Provider::kCuda}, kLossAlone).error();
    };
    EXPECT_EQ(error(kMostDim), "");
    EXPECT_EQ(error(kMostDim + 1), std::string(name) +
                                       ": inputs must have at most 1073741824 columns in the kernel for CUDA, got "
                                       "1073741825: run it on the processor");
  }
}

TEST_F(CudaLossOps, RunsOfASessionDrawTheSameAlsoAfterAFailure) {
  NceOpCase c;
  c.own_sample = true;
  std::vector<OpTensor> inputs = c.loss_inputs(), bad = inputs;
  inputs[kStep] = bad[kStep] = kAbsent;
  bad[kLabels] = int64s({7, 2}, std::vector<int64_t>(14, 99));
  const OpKernel cpu(kNce, types_of(inputs), c.attributes());
  const OpKernel cuda(kNce, types_of(inputs), c.attributes(), {Provider::kCuda});
  std::vector<int64_t> before;
  for (int run = 0; run < 3; ++run) {
    EXPECT_NE(cuda.run(bad).error, "");
    const BothProviders both{cpu.run(inputs), cuda.run(inputs)};
    expect_same_outputs(both, kTolerance);
    const std::vector<int64_t> candidates = both.cuda.outputs[1].numbers<int64_t>();
    EXPECT_NE(candidates, before);
    before = candidates;
  }
}

TEST_F(CudaLossOps, Tf32NeedsTheNodeAndTheSession) {
  NceOpCase c;
  c.batch = 64;
  c.num_sampled = 64;
  const auto loss = [&](bool node, bool session) {
    OpAttributes attributes = c.attributes();
    attributes.ints["allow_tf32"] = node;
    const std::vector<OpTensor> inputs = c.loss_inputs();
    const OpKernel kernel(kNce, types_of(inputs), attributes, {Provider::kCuda, session});
    const OpResult result = kernel.run(inputs, 1, kLossAlone);
    EXPECT_EQ(result.error, "");
    return result.outputs[0].numbers<float>();
  };
  const std::vector<float> exact = loss(false, false);
  EXPECT_EQ(loss(true, false), exact);
  EXPECT_EQ(loss(false, true), exact);
  EXPECT_NE(loss(true, true), exact);
}

TEST_F(CudaLossOps, FullSigmoidLossHasTheLossAlone) {
  const NceOpCase c;
  constexpr const char* kNames[] = {"loss", "softmax_loss", "true_ranks", "true_logits"};
  for (size_t output = 1; output < 4; ++output) {
    std::vector<bool> wanted = kLossAlone;
    wanted[output] = true;
    const OpKernel kernel(kFull, types_of(c.full_inputs()), c.attributes(), {Provider::kCuda}, wanted);
    const std::string refusal = "FullSigmoidLoss: the kernel for CUDA has no output but loss, the node has ";
    EXPECT_EQ(kernel.error(), refusal + kNames[output] + " too: run it on the processor");
    EXPECT_EQ(kernel.code(), ORT_NOT_IMPLEMENTED);
  }
}

}  // namespace
}  // namespace ortnce::test
