// The C struct that describes an op to ONNX Runtime, made of a table of its inputs and outputs.
#pragma once

#include <onnxruntime_c_api.h>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <optional>
#include <vector>

#include "ops/abi_edge.h"
#include "ops/inference.h"
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

/// An op of one execution provider. Kernel has a constructor Kernel(const OrtKernelInfo*) and
/// compute(RunContext&), both of which throw Error.
template <class Kernel>
class CustomOp : public OrtCustomOp {
 public:
  explicit CustomOp(OpSignature signature, Placement placement = {})
      : OrtCustomOp{}, signature_(std::move(signature)), placement_(std::move(placement)) {
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
      return guarded(of(op).name, [&] { *kernel = new Named{of(op).name, Kernel(info)}; });
    };
    KernelComputeV2 = [](void* kernel, OrtKernelContext* context) {
      auto* const named = static_cast<Named*>(kernel);
      return guarded(named->name, [&] {
        RunContext run(context);
        named->kernel.compute(run);
      });
    };
    if (signature_.like_input) {
      InferOutputShapeFn = [](const OrtCustomOp* op, OrtShapeInferContext* context) {
        return guarded(of(op).name, [&] { infer_matrix_like(context, *of(op).like_input); });
      };
    }
    KernelDestroy = [](void* kernel) { delete static_cast<Named*>(kernel); };
  }

 private:
  struct Named {
    const char* name;
    Kernel kernel;
  };

  static const OpSignature& of(const OrtCustomOp* op) { return static_cast<const CustomOp*>(op)->signature_; }

  static const Placement& placement_of(const OrtCustomOp* op) { return static_cast<const CustomOp*>(op)->placement_; }

  OpSignature signature_;
  Placement placement_;
};

}  // namespace ortnce::ops
