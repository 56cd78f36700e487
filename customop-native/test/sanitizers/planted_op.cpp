// DeduplicateIndexedSlices with a bug that a sanitizer must see under a JVM: it reads one float past its values.
#include "ops/custom_op.h"
#include "ops/ops.h"

namespace ortnce::ops {
namespace {

constexpr const char* kName = "DeduplicateIndexedSlices";

class OverreadingKernel {
 public:
  explicit OverreadingKernel(const OrtKernelInfo*) {}

  void compute(RunContext& context) {
    const RunInputs inputs(context);
    const InputTensor& values = inputs[1];
    const volatile float* const past = values.as<float>() + elements(kName, values.spec.dims);
    *context.output<int64_t>(0, {1}) = static_cast<int64_t>(*past);
    *context.output<float>(1, {1}) = *past;
  }
};

}  // namespace

OpOfRuntime deduplicate_indexed_slices_op(const OrtApi& runtime_api) {
  constexpr auto kRequired = INPUT_OUTPUT_REQUIRED;
  return op_of_runtime<OverreadingKernel>(runtime_api, {
      kName,
      {kRequired, kRequired},
      {{ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, kRequired}, {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kRequired}},
  });
}

}  // namespace ortnce::ops
