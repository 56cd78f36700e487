// The golden cases, recorded from TensorFlow, on every provider that is here. Integers are equal and expected
// counts within 2 ulp; losses and gradients are within the bounds that lie beside the cases, which hold for
// sums of floats in any order.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "support/golden_case.h"
#include "support/nce_op_case.h"

namespace ortnce::test {
namespace {

/// Where the cases are: environment variable ORTNCE_GOLDEN, else what the build says.
std::string golden_folder() {
  const char* const folder = std::getenv("ORTNCE_GOLDEN");
  return folder != nullptr ? folder : ORTNCE_GOLDEN_FOLDER;
}

bool on_cuda(const std::string& op) { return op == "NceLoss" || op == "NceLossGrad" || op == "FullSigmoidLoss"; }

using Values = std::map<std::string, OpTensor>;

double number(const OpTensor& tensor, size_t index) {
  return tensor.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE ? tensor.numbers<double>()[index]
                                                              : static_cast<double>(widened(tensor)[index]);
}

/// Losses: every element within its bound.
void expect_within(const OpTensor& found, const OpTensor& reference, const OpTensor& bound) {
  const std::vector<float> numbers = widened(found);
  for (size_t i = 0; i < numbers.size(); ++i) {
    const auto value = static_cast<double>(numbers[i]);
    const double expected = number(reference, i);
    if (value == static_cast<double>(static_cast<float>(expected))) continue;
    EXPECT_LE(std::abs(value - expected), number(bound, i)) << "element " << i << ": " << value << ", " << expected;
  }
}

/// How much a type rounds, relative to the number.
double rounding_of(const OpTensor& tensor) {
  if (tensor.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16) return 0x1p-11;
  return tensor.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 ? 0x1p-9 : 0;
}

double norm_of(const OpTensor& tensor) {
  size_t count = 1;
  for (const int64_t dim : tensor.dims) count *= static_cast<size_t>(dim);
  double squares = 0;
  for (size_t i = 0; i < count; ++i) squares += std::pow(number(tensor, i), 2);
  return std::sqrt(squares);
}

/// Gradients: the norm of the difference within a bound, and within the rounding to a half type.
void expect_norm_within(const OpTensor& found, const OpTensor& reference, double bound) {
  const std::vector<float> numbers = widened(found);
  double difference = 0, size = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    difference += std::pow(static_cast<double>(numbers[i]) - number(reference, i), 2);
    size += std::pow(number(reference, i), 2);
  }
  EXPECT_LE(std::sqrt(difference), bound + rounding_of(found) * (std::sqrt(size) + bound));
}

void expect_counts(const OpTensor& found, const OpTensor& recorded) {
  const std::vector<float> numbers = found.numbers<float>(), wanted = recorded.numbers<float>();
  for (size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(numbers[i]), static_cast<double>(wanted[i]),
                static_cast<double>(wanted[i]) * 0x1p-22)
        << "element " << i;
  }
}

void expect_output(const std::string& data_set, const std::string& name, const OpTensor& found,
                   const OpTensor& recorded) {
  SCOPED_TRACE(name);
  ASSERT_EQ(found.dims, recorded.dims);
  if (found.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64) {
    EXPECT_EQ(found.numbers<int64_t>(), recorded.numbers<int64_t>());
    return;
  }
  const auto reference = read_tensor(data_set + "/reference_" + name + ".pb");
  auto bound = read_tensor(data_set + "/bound_" + name + ".pb");
  if (!bound && name == "loss") bound = read_tensor(data_set + "/reference_bound.pb");
  if (name.find("count") != std::string::npos) return expect_counts(found, recorded);
  if (!bound) {
    constexpr double kRelative = 1e-6;  // of the norm
    const OpTensor& exact = reference ? *reference : recorded;
    return expect_norm_within(found, exact, kRelative * norm_of(exact));
  }
  ASSERT_TRUE(reference.has_value());
  if (name.find("grad") == std::string::npos) {
    expect_within(found, *reference, *bound);
  } else {
    expect_norm_within(found, *reference, number(*bound, 0));
  }
}

/// The kernels of a case, which live through its data sets: a sampler has state.
class GoldenRun {
 public:
  GoldenRun(const std::string& golden_case, Provider provider) : model_(read_golden_model(golden_case)) {
    for (const GoldenNode& node : model_.nodes) {
      if (provider == Provider::kCuda && !on_cuda(node.op)) continue;
      nodes_.push_back(node);
      // The kernel of CUDA has the loss alone.
      if (provider == Provider::kCuda && node.op == "FullSigmoidLoss") nodes_.back().outputs.resize(1);
    }
    provider_ = provider;
  }

  Values run(const std::string& data_set) {
    Values values;
    for (size_t i = 0; i < model_.inputs.size(); ++i) {
      values[model_.inputs[i]] = read_tensor(data_set + "/input_" + std::to_string(i) + ".pb").value();
    }
    for (size_t n = 0; n < nodes_.size(); ++n) run_node(n, &values);
    return values;
  }

  const std::vector<std::string>& outputs() const { return model_.outputs; }

 private:
  void run_node(size_t n, Values* values) {
    const GoldenNode& node = nodes_[n];
    std::vector<OpTensor> inputs, declared;
    for (const std::string& name : node.inputs) {
      inputs.push_back(name.empty() ? OpTensor{} : values->at(name));
      declared.push_back({inputs.back().type, {}, {}});
    }
    std::vector<bool> wanted(kMostOutputs, false);
    for (size_t o = 0; o < node.outputs.size(); ++o) wanted[o] = !node.outputs[o].empty();
    if (kernels_.size() == n) {
      const OpSession session{provider_};
      kernels_.push_back(std::make_unique<OpKernel>(node.op.c_str(), declared, node.attributes, session, wanted));
    }
    ASSERT_EQ(kernels_[n]->error(), "");
    const OpResult result = kernels_[n]->run(inputs, 2, wanted);
    ASSERT_EQ(result.error, "");
    for (size_t o = 0; o < node.outputs.size(); ++o) (*values)[node.outputs[o]] = result.outputs[o];
  }

  static constexpr size_t kMostOutputs = 5;

  GoldenModel model_;
  std::vector<GoldenNode> nodes_;
  Provider provider_;
  std::vector<std::unique_ptr<OpKernel>> kernels_;
};

using Where = std::tuple<Provider, std::string>;

class GoldenCases : public testing::TestWithParam<Where> {};

TEST_P(GoldenCases, AreWithinTheirBounds) {
  const auto& [provider, folder] = GetParam();
  if (provider == Provider::kCuda && !has_cuda()) GTEST_SKIP() << "no CUDA device";
  const std::vector<std::string> cases = golden_cases(golden_folder() + "/" + folder);
  EXPECT_FALSE(cases.empty());
  for (const std::string& one : cases) {
    GoldenRun run(one, provider);
    for (const std::string& data_set : data_sets(one)) {
      SCOPED_TRACE(data_set);
      const Values values = run.run(data_set);
      if (HasFatalFailure()) return;
      for (size_t o = 0; o < run.outputs().size(); ++o) {
        const auto found = values.find(run.outputs()[o]);
        if (found == values.end()) {
          ASSERT_EQ(provider, Provider::kCuda) << run.outputs()[o];  // of an op without a kernel there
          continue;
        }
        expect_output(data_set, run.outputs()[o], found->second,
                      read_tensor(data_set + "/output_" + std::to_string(o) + ".pb").value());
      }
    }
  }
}

std::string test_name(const testing::TestParamInfo<Where>& info) {
  return std::get<1>(info.param) + (std::get<0>(info.param) == Provider::kCpu ? "_cpu" : "_cuda");
}

const auto kFolders = testing::Values("nce_loss", "nce_loss_grad", "full_sigmoid_loss", "half_types");

INSTANTIATE_TEST_SUITE_P(Cpu, GoldenCases, testing::Combine(testing::Values(Provider::kCpu), kFolders), test_name);
INSTANTIATE_TEST_SUITE_P(Cuda, GoldenCases, testing::Combine(testing::Values(Provider::kCuda), kFolders), test_name);

}  // namespace
}  // namespace ortnce::test
