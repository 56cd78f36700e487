#include "support/op_runtime.h"

#include <algorithm>
#include <stdexcept>

#include "support/executors.h"
#include "support/op_api.h"

namespace ortnce::test {
namespace {

const OrtApi* current_api = nullptr;
OrtCustomOpDomain* domain = nullptr;

/// Registers the library with the calls that it is to make from now on.
void register_ops(const OrtApi* api) {
  static const OrtApiBase base = {[](uint32_t) noexcept { return current_api; },
                                  []() noexcept -> const char* { return "1.24.1"; }};
  current_api = api;
  OrtSessionOptions options;
  const std::string error = text_of(RegisterCustomOps(&options, &base));
  if (!error.empty()) throw std::runtime_error(error);
  domain = options.domain;
}

const OrtCustomOp* find_op(const char* name) {
  static const bool registered = [] {
    if (domain == nullptr) register_ops(&op_api());
    return true;
  }();
  (void)registered;
  const auto found = domain->ops.find(name);
  if (found == domain->ops.end()) throw std::out_of_range(name);
  return found->second;
}

OrtValue value_of(const OpTensor& tensor) { return {const_cast<OpTensor*>(&tensor)}; }

}  // namespace

void replace_op_api(const OrtApi* api) { register_ops(api != nullptr ? api : &op_api()); }

OpKernel::OpKernel(const char* name, const std::vector<OpTensor>& declared, const OpAttributes& attributes,
                   size_t outputs)
    : op_(find_op(name)), outputs_(outputs != 0 ? outputs : op_->GetOutputTypeCount(op_)) {
  OrtKernelInfo info{{}, &attributes, outputs_};
  for (const OpTensor& input : declared) info.declared.push_back(value_of(input));
  error_ = text_of(op_->CreateKernelV2(op_, current_api, &info, &kernel_));
}

bool OpKernel::is_optional(size_t index) const {
  const size_t types = op_->GetOutputTypeCount(op_);
  return op_->GetOutputCharacteristic(op_, std::min(index, types - 1)) == INPUT_OUTPUT_OPTIONAL;
}

OpKernel::~OpKernel() {
  if (kernel_ != nullptr) op_->KernelDestroy(kernel_);
}

OpResult OpKernel::run(const std::vector<OpTensor>& inputs, int threads, const std::vector<bool>& wanted) const {
  kernels::SerialExecutor serial;
  ThreadExecutor several(threads);
  OpMemory memory;
  OrtKernelContext context{{}, {}, threads == 1 ? static_cast<kernels::Executor*>(&serial) : &several, &memory};
  for (const OpTensor& input : inputs) context.inputs.push_back(value_of(input));
  OpResult result;
  const size_t types = op_->GetOutputTypeCount(op_);
  for (size_t i = 0; i < outputs_; ++i) {
    ONNXTensorElementDataType type = op_->GetOutputType(op_, std::min(i, types - 1));
    // A type that the op leaves open is that of its activations.
    if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED) type = inputs.at(1).type;
    result.outputs.push_back({type, {}, {}});
  }
  for (size_t i = 0; i < outputs_; ++i) {
    context.outputs.push_back({&result.outputs[i], wanted.empty() || wanted[i]});
  }
  result.error = text_of(op_->KernelComputeV2(kernel_, &context), &result.code);
  result.blocks = memory.blocks;
  result.scratch_bytes = memory.bytes;
  result.asked_outputs = memory.outputs;
  return result;
}

}  // namespace ortnce::test
