#include "ops/nce_loss_op.h"

#include <climits>

#include "ops/abi_edge.h"
#include "ops/nce_loss_contract.h"
#include "ops/nce_loss_kernel.h"
#include "ops/run_context.h"

namespace ortnce::ops {
namespace {

constexpr size_t kInputCount = NceLossInput::kWeights + 1;
constexpr size_t kOutputCount = 4;

/// Types are left open: one kernel serves all of them and says in its own words what it expects.
ONNXTensorElementDataType input_type(const OrtCustomOp*, size_t) { return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED; }

OrtCustomOpInputOutputCharacteristic input_characteristic(const OrtCustomOp*, size_t index) {
  switch (index) {
    case NceLossInput::kInputs:
    case NceLossInput::kLabels: return INPUT_OUTPUT_REQUIRED;
    case NceLossInput::kWeights: return INPUT_OUTPUT_VARIADIC;
    default: return INPUT_OUTPUT_OPTIONAL;
  }
}

ONNXTensorElementDataType output_type(const OrtCustomOp*, size_t index) {
  return index == 1 ? ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 : ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
}

OrtCustomOpInputOutputCharacteristic output_characteristic(const OrtCustomOp*, size_t index) {
  return index == 0 ? INPUT_OUTPUT_REQUIRED : INPUT_OUTPUT_OPTIONAL;
}

OrtStatus* create(const OrtCustomOp*, const OrtApi*, const OrtKernelInfo* info, void** kernel) {
  return guarded(kNceLoss, [&] { *kernel = new NceLossKernel(info); });
}

OrtStatus* compute(void* kernel, OrtKernelContext* context) {
  return guarded(kNceLoss, [&] {
    RunContext run(context);
    static_cast<NceLossKernel*>(kernel)->compute(run);
  });
}

OrtCustomOp make_op() {
  OrtCustomOp op{};
  op.version = kApiVersion;
  op.GetName = [](const OrtCustomOp*) -> const char* { return kNceLoss; };
  op.GetExecutionProviderType = [](const OrtCustomOp*) -> const char* { return "CPUExecutionProvider"; };
  op.GetInputType = input_type;
  op.GetInputTypeCount = [](const OrtCustomOp*) { return kInputCount; };
  op.GetOutputType = output_type;
  op.GetOutputTypeCount = [](const OrtCustomOp*) { return kOutputCount; };
  op.GetInputCharacteristic = input_characteristic;
  op.GetOutputCharacteristic = output_characteristic;
  op.GetInputMemoryType = [](const OrtCustomOp*, size_t) { return OrtMemTypeDefault; };
  op.GetVariadicInputMinArity = [](const OrtCustomOp*) { return 0; };  // our own error says which input is missing
  op.GetVariadicInputHomogeneity = [](const OrtCustomOp*) { return 0; };
  op.GetVariadicOutputMinArity = [](const OrtCustomOp*) { return 0; };
  op.GetVariadicOutputHomogeneity = [](const OrtCustomOp*) { return 0; };
  op.KernelDestroy = [](void* kernel) { delete static_cast<NceLossKernel*>(kernel); };
  op.CreateKernelV2 = create;
  op.KernelComputeV2 = compute;
  op.GetStartVersion = [](const OrtCustomOp*) { return 1; };
  op.GetEndVersion = [](const OrtCustomOp*) { return INT_MAX; };
  return op;
}

}  // namespace

const OrtCustomOp* nce_loss_op() {
  static const OrtCustomOp op = make_op();
  return &op;
}

}  // namespace ortnce::ops
