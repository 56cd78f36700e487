#include "support/provider_comparison.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/class_op_case.h"
#include "support/nce_op_case.h"
#include "support/test_device.h"

namespace ortnce::test {
namespace {

OpResult run_on(Provider provider, const char* name, const OpAttributes& attributes,
                const std::vector<OpTensor>& inputs, const std::vector<bool>& wanted) {
  const OpKernel kernel(name, types_of(inputs), attributes, {provider}, wanted);
  if (!kernel.error().empty()) return {{}, kernel.error(), kernel.code()};
  return kernel.run(inputs, 2, wanted);
}

/// How far apart neighbours of the type are, relative to them.
double step_of(ONNXTensorElementDataType type) {
  if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16) return 0x1p-7;
  return type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 ? 0x1p-10 : 0;
}

bool is_integer(const OpTensor& tensor) { return tensor.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64; }

}  // namespace

bool has_gpu() { return has_cuda() && std::string(TestDevice::find()->name()) != "emulation"; }

BothProviders run_on_both(const char* name, const OpAttributes& attributes, const std::vector<OpTensor>& inputs,
                          const std::vector<bool>& wanted) {
  return {run_on(Provider::kCpu, name, attributes, inputs, wanted),
          run_on(Provider::kCuda, name, attributes, inputs, wanted)};
}

void expect_same_error(const BothProviders& both, const std::string& part) {
  EXPECT_NE(both.cpu.error.find(part), std::string::npos) << both.cpu.error;
  EXPECT_EQ(both.cuda.error, both.cpu.error);
  EXPECT_EQ(both.cuda.code, both.cpu.code);
}

void expect_same_outputs(const BothProviders& both, double tolerance) {
  ASSERT_EQ(both.cpu.error, "");
  ASSERT_EQ(both.cuda.error, "");
  ASSERT_EQ(both.cuda.outputs.size(), both.cpu.outputs.size());
  for (size_t o = 0; o < both.cpu.outputs.size(); ++o) {
    const OpTensor &cpu = both.cpu.outputs[o], &cuda = both.cuda.outputs[o];
    ASSERT_EQ(cuda.type, cpu.type) << "output " << o;
    ASSERT_EQ(cuda.dims, cpu.dims) << "output " << o;
    if (is_integer(cpu)) {
      EXPECT_EQ(cuda.numbers<int64_t>(), cpu.numbers<int64_t>()) << "output " << o;
      continue;
    }
    const std::vector<float> wanted = widened(cpu), found = widened(cuda);
    double squares = 0;
    for (const float x : wanted) squares += static_cast<double>(x) * static_cast<double>(x);
    const double size = wanted.empty() ? 0 : std::sqrt(squares / static_cast<double>(wanted.size()));
    for (size_t i = 0; i < wanted.size(); ++i) {
      const double expected = static_cast<double>(wanted[i]);
      EXPECT_NEAR(static_cast<double>(found[i]), expected,
                  tolerance * (std::abs(expected) + size) + step_of(cpu.type) * std::abs(expected))
          << "output " << o << ", element " << i;
    }
  }
}

}  // namespace ortnce::test
