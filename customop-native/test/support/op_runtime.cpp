#include "support/op_runtime.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>

#include "support/executors.h"

using ortnce::test::OpTensor;

// The C API leaves the insides of its types to the runtime.
struct OrtStatus {
  OrtErrorCode code;
  std::string text;
};
struct OrtTensorTypeAndShapeInfo {
  const OpTensor* tensor;
};
struct OrtTypeInfo {
  OrtTensorTypeAndShapeInfo tensor;
};
struct OrtValue {
  OpTensor tensor;
  bool wanted = true;  // of an output
};
struct OrtKernelInfo {
  const std::vector<OpTensor>* declared;
  const ortnce::test::OpAttributes* attributes;
};
struct OrtKernelContext {
  std::vector<OrtValue> inputs, outputs;
  ortnce::test::ThreadExecutor* threads;
};
struct OrtMemoryInfo {};
struct OrtCustomOpDomain {
  std::map<std::string, const OrtCustomOp*> ops;
};
struct OrtSessionOptions {
  OrtCustomOpDomain* domain = nullptr;
};

extern "C" OrtStatus* RegisterCustomOps(OrtSessionOptions* options, const OrtApiBase* base);

namespace ortnce::test {
namespace {

bool is_absent(const OpTensor& tensor) { return tensor.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED; }

OrtStatus* no_attribute() { return new OrtStatus{ORT_FAIL, "no such attribute"}; }

size_t element_bytes(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32: return 4;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE: return 8;
    default: throw std::invalid_argument("an element type that no op test uses");
  }
}

void set_status_calls(OrtApi* api) {
  api->CreateStatus = [](OrtErrorCode code, const char* text) noexcept { return new OrtStatus{code, text}; };
  api->GetErrorCode = [](const OrtStatus* status) noexcept { return status->code; };
  api->GetErrorMessage = [](const OrtStatus* status) noexcept { return status->text.c_str(); };
  api->ReleaseStatus = [](OrtStatus* status) noexcept { delete status; };
}

void set_tensor_calls(OrtApi* api) {
  api->GetTensorTypeAndShape = [](const OrtValue* value, OrtTensorTypeAndShapeInfo** out) noexcept -> OrtStatus* {
    *out = new OrtTensorTypeAndShapeInfo{&value->tensor};
    return nullptr;
  };
  api->ReleaseTensorTypeAndShapeInfo = [](OrtTensorTypeAndShapeInfo* info) noexcept { delete info; };
  api->GetTensorElementType = [](const OrtTensorTypeAndShapeInfo* info,
                                 ONNXTensorElementDataType* out) noexcept -> OrtStatus* {
    *out = info->tensor->type;
    return nullptr;
  };
  api->GetDimensionsCount = [](const OrtTensorTypeAndShapeInfo* info, size_t* out) noexcept -> OrtStatus* {
    *out = info->tensor->dims.size();
    return nullptr;
  };
  api->GetDimensions = [](const OrtTensorTypeAndShapeInfo* info, int64_t* dims, size_t count) noexcept -> OrtStatus* {
    std::copy_n(info->tensor->dims.begin(), count, dims);
    return nullptr;
  };
  api->GetTensorMutableData = [](OrtValue* value, void** out) noexcept -> OrtStatus* {
    *out = value->tensor.bytes.data();
    return nullptr;
  };
}

void set_kernel_info_calls(OrtApi* api) {
  api->KernelInfo_GetInputCount = [](const OrtKernelInfo* info, size_t* out) noexcept -> OrtStatus* {
    *out = info->declared->size();
    return nullptr;
  };
  api->KernelInfo_GetInputTypeInfo = [](const OrtKernelInfo* info, size_t index,
                                        OrtTypeInfo** out) noexcept -> OrtStatus* {
    const OpTensor& tensor = (*info->declared)[index];
    *out = is_absent(tensor) ? nullptr : new OrtTypeInfo{{&tensor}};
    return nullptr;
  };
  api->CastTypeInfoToTensorInfo = [](const OrtTypeInfo* info,
                                     const OrtTensorTypeAndShapeInfo** out) noexcept -> OrtStatus* {
    *out = &info->tensor;
    return nullptr;
  };
  api->ReleaseTypeInfo = [](OrtTypeInfo* info) noexcept { delete info; };
}

void set_attribute_calls(OrtApi* api) {
  api->KernelInfoGetAttribute_int64 = [](const OrtKernelInfo* info, const char* name,
                                         int64_t* out) noexcept -> OrtStatus* {
    const auto found = info->attributes->ints.find(name);
    if (found == info->attributes->ints.end()) return no_attribute();
    *out = found->second;
    return nullptr;
  };
  api->KernelInfoGetAttribute_string = [](const OrtKernelInfo* info, const char* name, char* out,
                                          size_t* size) noexcept -> OrtStatus* {
    const auto found = info->attributes->strings.find(name);
    if (found == info->attributes->strings.end()) return no_attribute();
    *size = found->second.size() + 1;
    if (out != nullptr) std::memcpy(out, found->second.c_str(), *size);
    return nullptr;
  };
  api->KernelInfoGetAttribute_float = [](const OrtKernelInfo*, const char*, float*) noexcept { return no_attribute(); };
  api->KernelInfoGetAttributeArray_int64 = [](const OrtKernelInfo*, const char*, int64_t*, size_t*) noexcept {
    return no_attribute();
  };
  api->KernelInfoGetAttributeArray_float = [](const OrtKernelInfo*, const char*, float*, size_t*) noexcept {
    return no_attribute();
  };
}

/// Memory of the alignment that ONNX Runtime gives, full of what no op may take for a number.
OrtAllocator* allocator() {
  static OrtAllocator instance = [] {
    OrtAllocator made{};
    made.version = ORT_API_VERSION;
    made.Alloc = [](OrtAllocator*, size_t bytes) -> void* {
      void* const block = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
      if (block != nullptr) std::memset(block, 0xFF, bytes);
      return block;
    };
    made.Free = [](OrtAllocator*, void* block) { std::free(block); };
    return made;
  }();
  return &instance;
}

void set_memory_calls(OrtApi* api) {
  api->CreateCpuMemoryInfo = [](OrtAllocatorType, OrtMemType, OrtMemoryInfo** out) noexcept -> OrtStatus* {
    *out = new OrtMemoryInfo;
    return nullptr;
  };
  api->ReleaseMemoryInfo = [](OrtMemoryInfo* info) noexcept { delete info; };
  api->KernelContext_GetAllocator = [](const OrtKernelContext*, const OrtMemoryInfo*,
                                       OrtAllocator** out) noexcept -> OrtStatus* {
    *out = allocator();
    return nullptr;
  };
  api->ReleaseAllocator = [](OrtAllocator*) noexcept {};
}

void set_context_calls(OrtApi* api) {
  api->KernelContext_GetInputCount = [](const OrtKernelContext* context, size_t* out) noexcept -> OrtStatus* {
    *out = context->inputs.size();
    return nullptr;
  };
  api->KernelContext_GetInput = [](const OrtKernelContext* context, size_t index,
                                   const OrtValue** out) noexcept -> OrtStatus* {
    const OrtValue& value = context->inputs[index];
    *out = is_absent(value.tensor) ? nullptr : &value;
    return nullptr;
  };
  api->KernelContext_GetOutputCount = [](const OrtKernelContext* context, size_t* out) noexcept -> OrtStatus* {
    *out = context->outputs.size();
    return nullptr;
  };
  api->KernelContext_GetOutput = [](OrtKernelContext* context, size_t index, const int64_t* dims, size_t rank,
                                    OrtValue** out) noexcept -> OrtStatus* {
    *out = nullptr;
    if (!context->outputs[index].wanted) return nullptr;
    OpTensor& tensor = context->outputs[index].tensor;
    tensor.dims.assign(dims, dims + rank);
    size_t bytes = element_bytes(tensor.type);
    for (const int64_t dim : tensor.dims) bytes *= static_cast<size_t>(dim);
    tensor.bytes.assign(bytes, 0xFF);
    *out = &context->outputs[index];
    return nullptr;
  };
  api->KernelContext_ParallelFor = [](const OrtKernelContext* context, void (*task)(void*, size_t), size_t total,
                                      size_t, void* state) noexcept -> OrtStatus* {
    struct Call {
      void (*task)(void*, size_t);
      void* state;
    } call{task, state};
    context->threads->run(
        static_cast<int64_t>(total),
        [](void* data, int64_t index) {
          const auto* const to = static_cast<const Call*>(data);
          to->task(to->state, static_cast<size_t>(index));
        },
        &call);
    return nullptr;
  };
}

void set_domain_calls(OrtApi* api) {
  api->CreateCustomOpDomain = [](const char*, OrtCustomOpDomain** out) noexcept -> OrtStatus* {
    *out = new OrtCustomOpDomain;
    return nullptr;
  };
  api->CustomOpDomain_Add = [](OrtCustomOpDomain* domain, const OrtCustomOp* op) noexcept -> OrtStatus* {
    domain->ops[op->GetName(op)] = op;
    return nullptr;
  };
  api->AddCustomOpDomain = [](OrtSessionOptions* options, OrtCustomOpDomain* domain) noexcept -> OrtStatus* {
    options->domain = domain;
    return nullptr;
  };
}

const OrtApi* runtime_api() {
  static const OrtApi api = [] {
    OrtApi made{};
    set_status_calls(&made);
    set_tensor_calls(&made);
    set_kernel_info_calls(&made);
    set_attribute_calls(&made);
    set_memory_calls(&made);
    set_context_calls(&made);
    set_domain_calls(&made);
    return made;
  }();
  return &api;
}

/// Returns the text of a status, which it releases; empty for success.
std::string text_of(OrtStatus* status, OrtErrorCode* code = nullptr) {
  if (status == nullptr) return {};
  const std::unique_ptr<OrtStatus> owned(status);
  if (code != nullptr) *code = status->code;
  return status->text;
}

const OrtCustomOp* find_op(const char* name) {
  static const OrtApiBase base = {[](uint32_t) noexcept { return runtime_api(); },
                                  []() noexcept -> const char* { return "1.24.1"; }};
  OrtSessionOptions options;
  const std::string error = text_of(RegisterCustomOps(&options, &base));
  if (!error.empty()) throw std::runtime_error(error);
  return options.domain->ops.at(name);
}

}  // namespace

OpKernel::OpKernel(const char* name, const std::vector<OpTensor>& declared, const OpAttributes& attributes)
    : op_(find_op(name)) {
  const OrtKernelInfo info{&declared, &attributes};
  error_ = text_of(op_->CreateKernelV2(op_, runtime_api(), &info, &kernel_));
}

OpKernel::~OpKernel() {
  if (kernel_ != nullptr) op_->KernelDestroy(kernel_);
}

OpResult OpKernel::run(const std::vector<OpTensor>& inputs, int threads, const std::vector<bool>& wanted) const {
  ThreadExecutor executor(threads);
  OrtKernelContext context{{}, {}, &executor};
  for (const OpTensor& input : inputs) context.inputs.push_back({input, true});
  for (size_t i = 0; i < op_->GetOutputTypeCount(op_); ++i) {
    context.outputs.push_back({OpTensor{op_->GetOutputType(op_, i), {}, {}}, wanted.empty() || wanted[i]});
  }
  OpResult result;
  result.error = text_of(op_->KernelComputeV2(kernel_, &context), &result.code);
  for (OrtValue& output : context.outputs) result.outputs.push_back(std::move(output.tensor));
  return result;
}

}  // namespace ortnce::test
