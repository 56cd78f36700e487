// The C struct that describes an op to ONNX Runtime, made of a table of its inputs and outputs.
#pragma once

#include <onnxruntime_c_api.h>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "ops/abi_edge.h"
#include "ops/inference.h"
#include "ops/ops.h"
#include "ops/run_context.h"

namespace ortnce::ops {

struct OutputSpec {
  ONNXTensorElementDataType type;
  OrtCustomOpInputOutputCharacteristic characteristic;
};

/// The signature of an op. Input types are left open: one kernel serves all of them and says in its
/// own words what it expects.
struct OpSignature {
  const char* name;
  std::vector<OrtCustomOpInputOutputCharacteristic> inputs;
  std::vector<OutputSpec> outputs;

  /// The input, a matrix, whose type and shape output 0, of type UNDEFINED, has.
  std::optional<size_t> like_input = std::nullopt;
};

/// Where kernels run.
struct Placement {
  const char* provider = "CPUExecutionProvider";

  /// Inputs that a kernel of a device reads on the host, where ONNX Runtime leaves or brings them.
  std::vector<size_t> host_inputs = {};
};

/// An op of one execution provider for one runtime, whose calls all of its kernels make: whatever a runtime
/// passes to an op, that says which runtime it is. Kernel has a constructor Kernel(const OrtKernelInfo*) and
/// compute(RunContext&), both of which throw Error.
template <class Kernel>
class CustomOp : public OrtCustomOp {
 public:
  CustomOp(const OrtApi& runtime_api, OpSignature signature, Placement placement = {})
      : OrtCustomOp{}, api_(runtime_api), signature_(std::move(signature)), placement_(std::move(placement)) {
    version = kOpVersion;
    GetName = [](const OrtCustomOp* op) { return of(op).name; };
    GetExecutionProviderType = [](const OrtCustomOp* op) { return placement_of(op).provider; };
    GetInputTypeCount = [](const OrtCustomOp* op) { return of(op).inputs.size(); };
    GetInputType = [](const OrtCustomOp*, size_t) { return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED; };
    GetInputCharacteristic = [](const OrtCustomOp* op, size_t index) { return of(op).inputs[index]; };
    GetInputMemoryType = [](const OrtCustomOp* op, size_t index) {
      const std::vector<size_t>& host = placement_of(op).host_inputs;
      return std::find(host.begin(), host.end(), index) == host.end() ? OrtMemTypeDefault : OrtMemTypeCPUInput;
    };
    GetOutputTypeCount = [](const OrtCustomOp* op) { return of(op).outputs.size(); };
    GetOutputType = [](const OrtCustomOp* op, size_t index) { return of(op).outputs[index].type; };
    GetOutputCharacteristic = [](const OrtCustomOp* op, size_t index) { return of(op).outputs[index].characteristic; };
    // No weights at all reach the kernel, whose error says which input is missing.
    GetVariadicInputMinArity = [](const OrtCustomOp*) { return 0; };
    GetVariadicInputHomogeneity = [](const OrtCustomOp*) { return 0; };
    GetVariadicOutputMinArity = [](const OrtCustomOp*) { return 0; };
    GetVariadicOutputHomogeneity = [](const OrtCustomOp*) { return 0; };
    GetStartVersion = [](const OrtCustomOp*) { return 1; };
    GetEndVersion = [](const OrtCustomOp*) { return INT_MAX; };
    CreateKernelV2 = [](const OrtCustomOp* op, const OrtApi*, const OrtKernelInfo* info, void** kernel) {
      return guarded(api_of(op), of(op).name, [&] { *kernel = new Placed{api_of(op), of(op).name, Kernel(info)}; });
    };
    KernelComputeV2 = [](void* kernel, OrtKernelContext* context) {
      auto* const placed = static_cast<Placed*>(kernel);
      return guarded(placed->api, placed->name, [&] {
        RunContext run(context);
        placed->kernel.compute(run);
      });
    };
    if (signature_.like_input) {
      InferOutputShapeFn = [](const OrtCustomOp* op, OrtShapeInferContext* context) {
        return guarded(api_of(op), of(op).name, [&] { infer_matrix_like(context, *of(op).like_input); });
      };
    }
    KernelDestroy = [](void* kernel) {
      auto* const placed = static_cast<Placed*>(kernel);
      const CurrentApi current(placed->api);
      delete placed;
    };
  }

 private:
  /// A kernel and what its runs need of the op, which a runtime passes no more.
  struct Placed {
    const OrtApi& api;
    const char* name;
    Kernel kernel;
  };

  static const OrtApi& api_of(const OrtCustomOp* op) { return static_cast<const CustomOp*>(op)->api_; }

  static const OpSignature& of(const OrtCustomOp* op) { return static_cast<const CustomOp*>(op)->signature_; }

  static const Placement& placement_of(const OrtCustomOp* op) { return static_cast<const CustomOp*>(op)->placement_; }

  const OrtApi& api_;
  OpSignature signature_;
  Placement placement_;
};

template <class Kernel>
OpOfRuntime op_of_runtime(const OrtApi& runtime_api, OpSignature signature, Placement placement = {}) {
  return std::make_shared<const CustomOp<Kernel>>(runtime_api, std::move(signature), std::move(placement));
}

}  // namespace ortnce::ops
