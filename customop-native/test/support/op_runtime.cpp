#include "support/op_runtime.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>

#include "support/executors.h"
#include "support/test_device.h"

using ortnce::test::OpTensor;
using ortnce::test::TestDevice;

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
struct OrtMemoryInfo {
  bool device = false;
};
struct OrtValue {
  OpTensor tensor;
  bool wanted = true;                             // of an output
  std::shared_ptr<unsigned char> device = {};     // where the bytes are if not in `tensor`
  OrtMemoryInfo memory = {};
};
struct OrtKernelInfo {
  const std::vector<OpTensor>* declared;
  const ortnce::test::OpAttributes* attributes;
  std::vector<bool> outputs;
};
struct OrtKernelContext {
  std::vector<OrtValue> inputs, outputs;
  ortnce::test::ThreadExecutor* threads;
  bool device = false;
  bool use_tf32 = false;
  mutable int scratch_blocks = 0;
};
struct OrtCustomOpDomain {
  std::map<std::pair<std::string, std::string>, const OrtCustomOp*> ops;  // by name and provider
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
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16: return 2;
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
    *out = value->memory.device ? value->device.get() : value->tensor.bytes.data();
    return nullptr;
  };
  api->GetTensorMemoryInfo = [](const OrtValue* value, const OrtMemoryInfo** out) noexcept -> OrtStatus* {
    *out = &value->memory;
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
  api->KernelInfo_GetOutputCount = [](const OrtKernelInfo* info, size_t* out) noexcept -> OrtStatus* {
    *out = info->outputs.size();
    return nullptr;
  };
  api->KernelInfo_GetOutputName = [](const OrtKernelInfo* info, size_t index, char* out,
                                     size_t* size) noexcept -> OrtStatus* {
    const std::string name = info->outputs[index] ? "output" : "";
    *size = name.size() + 1;
    if (out != nullptr) std::memcpy(out, name.c_str(), *size);
    return nullptr;
  };
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

std::shared_ptr<unsigned char> device_block(size_t bytes) {
  TestDevice* const device = TestDevice::find();
  void* const block = device->allocate(bytes);
  return {static_cast<unsigned char*>(block), [device](unsigned char* data) {
            if (data != nullptr) device->release(data);
          }};
}

/// Of device memory, for what GetScratchBuffer gave: memory of Alloc would belong to no stream, so there is none.
struct DeviceAllocator : OrtAllocator {
  explicit DeviceAllocator(const OrtKernelContext* of) : OrtAllocator{}, context(of) {
    version = ORT_API_VERSION;
    Alloc = [](OrtAllocator*, size_t) -> void* { return nullptr; };
    Free = [](OrtAllocator* self, void* block) {
      TestDevice::find()->release(block);
      --static_cast<DeviceAllocator*>(self)->context->scratch_blocks;
    };
  }

  const OrtKernelContext* context;
};

void set_device_calls(OrtApi* api) {
  api->MemoryInfoGetId = [](const OrtMemoryInfo*, int* out) noexcept -> OrtStatus* {
    *out = 0;
    return nullptr;
  };
  api->KernelContext_GetGPUComputeStream = [](const OrtKernelContext*, void** out) noexcept -> OrtStatus* {
    *out = TestDevice::find()->stream();
    return nullptr;
  };
  api->KernelContext_GetScratchBuffer = [](const OrtKernelContext* context, const OrtMemoryInfo* memory, size_t bytes,
                                           void** out) noexcept -> OrtStatus* {
    // ONNX Runtime's goes through a null stream there.
    if (!memory->device) return new OrtStatus{ORT_FAIL, "scratch memory of the host"};
    *out = TestDevice::find()->allocate(bytes);
    if (*out == nullptr) return new OrtStatus{ORT_FAIL, "no device memory"};
    ++context->scratch_blocks;
    return nullptr;
  };
  api->KernelContext_GetResource = [](const OrtKernelContext* context, int version, int id,
                                      void** out) noexcept -> OrtStatus* {
    if (version > 3 || id != 10011) return new OrtStatus{ORT_FAIL, "no such resource"};
    *out = reinterpret_cast<void*>(static_cast<uintptr_t>(context->use_tf32));
    return nullptr;
  };
}

void set_memory_calls(OrtApi* api) {
  api->CreateCpuMemoryInfo = [](OrtAllocatorType, OrtMemType, OrtMemoryInfo** out) noexcept -> OrtStatus* {
    *out = new OrtMemoryInfo;
    return nullptr;
  };
  api->ReleaseMemoryInfo = [](OrtMemoryInfo* info) noexcept { delete info; };
  api->KernelContext_GetAllocator = [](const OrtKernelContext* context, const OrtMemoryInfo* memory,
                                       OrtAllocator** out) noexcept -> OrtStatus* {
    *out = memory->device ? new DeviceAllocator(context) : allocator();
    return nullptr;
  };
  api->ReleaseAllocator = [](OrtAllocator* released) noexcept {
    if (released != allocator()) delete static_cast<DeviceAllocator*>(released);
  };
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
    OrtValue& value = context->outputs[index];
    if (!value.wanted) return nullptr;
    OpTensor& tensor = value.tensor;
    tensor.dims.assign(dims, dims + rank);
    size_t bytes = element_bytes(tensor.type);
    for (const int64_t dim : tensor.dims) bytes *= static_cast<size_t>(dim);
    value.memory.device = context->device;
    if (!context->device || bytes != tensor.bytes.size() || value.device == nullptr) {
      tensor.bytes.assign(bytes, 0xFF);
      if (context->device) value.device = device_block(bytes);
    }
    *out = &value;
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
    domain->ops[{op->GetName(op), op->GetExecutionProviderType(op)}] = op;
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
    set_device_calls(&made);
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

/// Null if the library has no such op.
const OrtCustomOp* find_op(const char* name, Provider provider) {
  static const OrtApiBase base = {[](uint32_t) noexcept { return runtime_api(); },
                                  []() noexcept -> const char* { return "1.24.1"; }};
  OrtSessionOptions options;
  const std::string error = text_of(RegisterCustomOps(&options, &base));
  if (!error.empty()) throw std::runtime_error(error);
  const auto found = options.domain->ops.find(
      {name, provider == Provider::kCuda ? "CUDAExecutionProvider" : "CPUExecutionProvider"});
  return found == options.domain->ops.end() ? nullptr : found->second;
}

bool is_wanted(const std::vector<bool>& wanted, size_t output) { return wanted.empty() || wanted[output]; }

/// The formal input that an input belongs to.
size_t formal_input(const OrtCustomOp* op, size_t index) { return std::min(index, op->GetInputTypeCount(op) - 1); }

void move_to_device(OrtValue* value) {
  const std::vector<unsigned char>& bytes = value->tensor.bytes;
  value->device = device_block(bytes.size());
  value->memory.device = true;
  TestDevice::find()->copy_in(value->device.get(), bytes.data(), bytes.size());
}

}  // namespace

bool has_cuda() { return find_op("NceLoss", Provider::kCuda) != nullptr && TestDevice::find() != nullptr; }

OpKernel::OpKernel(const char* name, const std::vector<OpTensor>& declared, const OpAttributes& attributes,
                   const OpSession& session, const std::vector<bool>& wanted)
    : op_(find_op(name, session.provider)), session_(session) {
  if (op_ == nullptr) throw std::invalid_argument(std::string("the library has no op ") + name);
  OrtKernelInfo info{&declared, &attributes, {}};
  for (size_t i = 0; i < op_->GetOutputTypeCount(op_); ++i) info.outputs.push_back(is_wanted(wanted, i));
  error_ = text_of(op_->CreateKernelV2(op_, runtime_api(), &info, &kernel_), &code_);
}

OpKernel::~OpKernel() {
  if (kernel_ != nullptr) op_->KernelDestroy(kernel_);
}

OpResult OpKernel::run(const std::vector<OpTensor>& inputs, int threads, const std::vector<bool>& wanted) const {
  OpCall call(*this, inputs, threads, wanted);
  OpResult result;
  result.error = call.run(&result.code);
  result.outputs = call.outputs();
  return result;
}

struct OpCall::State {
  explicit State(int threads) : executor(threads) {}

  ThreadExecutor executor;
  OrtKernelContext context;
};

OpCall::OpCall(const OpKernel& kernel, const std::vector<OpTensor>& inputs, int threads,
               const std::vector<bool>& wanted)
    : kernel_(kernel), state_(std::make_unique<State>(threads)) {
  const OrtCustomOp* const op = kernel.op_;
  OrtKernelContext& context = state_->context;
  context.threads = &state_->executor;
  context.device = kernel.session_.provider == Provider::kCuda;
  context.use_tf32 = kernel.session_.use_tf32;
  for (size_t i = 0; i < inputs.size(); ++i) {
    context.inputs.push_back({inputs[i]});
    const bool on_host = op->GetInputMemoryType(op, formal_input(op, i)) == OrtMemTypeCPUInput;
    if (context.device && !on_host && !is_absent(inputs[i])) move_to_device(&context.inputs.back());
  }
  for (size_t i = 0; i < op->GetOutputTypeCount(op); ++i) {
    auto type = op->GetOutputType(op, i);
    // Like an input, of which op tests use one type.
    if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED) type = inputs[1].type;
    context.outputs.push_back({OpTensor{type, {}, {}}, is_wanted(wanted, i)});
  }
}

OpCall::~OpCall() = default;

std::string OpCall::run(OrtErrorCode* code) {
  const OrtCustomOp* const op = kernel_.op_;
  const std::string error = text_of(op->KernelComputeV2(kernel_.kernel_, &state_->context), code);
  if (state_->context.scratch_blocks != 0) throw std::runtime_error("scratch memory was not given back");
  return error;
}

std::vector<OpTensor> OpCall::outputs() const {
  std::vector<OpTensor> result;
  if (state_->context.device) {
    const char* const error = TestDevice::find()->synchronize();
    if (error != nullptr) throw std::runtime_error(error);
  }
  for (const OrtValue& output : state_->context.outputs) {
    result.push_back(output.tensor);
    if (output.device != nullptr) {
      TestDevice::find()->copy_out(result.back().bytes.data(), output.device.get(), result.back().bytes.size());
    }
  }
  return result;
}

}  // namespace ortnce::test
