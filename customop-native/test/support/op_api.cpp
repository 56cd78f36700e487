#include "support/op_api.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>

#include "support/test_device.h"

namespace ortnce::test {
namespace {

std::atomic<size_t> most_bytes{size_t{1} << 36};

OrtStatus* no_attribute() { return new OrtStatus{ORT_FAIL, "no attribute"}; }

size_t element_bytes(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16: return 2;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32: return 4;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE: return 8;
    default: return 1;  // strings: FillStringTensor sets them
  }
}

/// Gives the tensor its shape and bytes that no op may take for a number; false if it is too large.
bool shape_output(OpTensor* tensor, const int64_t* dims, size_t rank) {
  size_t bytes = element_bytes(tensor->type);
  for (size_t axis = 0; axis < rank; ++axis) {
    if (dims[axis] < 0 || __builtin_mul_overflow(bytes, static_cast<size_t>(dims[axis]), &bytes)) return false;
  }
  if (bytes > most_bytes) return false;
  try {
    tensor->dims.assign(dims, dims + rank);
    tensor->bytes.assign(bytes, 0xFF);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

void set_status_calls(OrtApi* api) {
  api->CreateStatus = [](OrtErrorCode code, const char* text) noexcept { return new OrtStatus{code, text}; };
  api->GetErrorCode = [](const OrtStatus* status) noexcept { return status->code; };
  api->GetErrorMessage = [](const OrtStatus* status) noexcept { return status->text.c_str(); };
  api->ReleaseStatus = [](OrtStatus* status) noexcept { delete status; };
}

void set_tensor_calls(OrtApi* api) {
  api->GetTensorTypeAndShape = [](const OrtValue* value, OrtTensorTypeAndShapeInfo** out) noexcept -> OrtStatus* {
    *out = new OrtTensorTypeAndShapeInfo{value->tensor};
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
    *out = value->memory.device ? value->device.get() : const_cast<void*>(value->tensor->data());
    return nullptr;
  };
  api->GetTensorMemoryInfo = [](const OrtValue* value, const OrtMemoryInfo** out) noexcept -> OrtStatus* {
    *out = &value->memory;
    return nullptr;
  };
  api->FillStringTensor = [](OrtValue* value, const char* const* texts, size_t count) noexcept -> OrtStatus* {
    value->tensor->bytes.clear();
    for (size_t i = 0; i < count; ++i) {
      value->tensor->bytes.insert(value->tensor->bytes.end(), texts[i], texts[i] + std::strlen(texts[i]) + 1);
    }
    return nullptr;
  };
}

void set_kernel_info_calls(OrtApi* api) {
  api->KernelInfo_GetInputCount = [](const OrtKernelInfo* info, size_t* out) noexcept -> OrtStatus* {
    *out = info->declared.size();
    return nullptr;
  };
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
  api->KernelInfo_GetInputTypeInfo = [](const OrtKernelInfo* info, size_t index,
                                        OrtTypeInfo** out) noexcept -> OrtStatus* {
    const OpTensor* const tensor = info->declared[index].tensor;
    *out = is_absent(*tensor) ? nullptr : new OrtTypeInfo{{tensor}};
    return nullptr;
  };
  api->KernelInfoGetConstantInput_tensor = [](const OrtKernelInfo* info, size_t index, int* is_constant,
                                              const OrtValue** out) noexcept -> OrtStatus* {
    *is_constant = info->declared[index].tensor->bytes.empty() ? 0 : 1;
    *out = *is_constant == 0 ? nullptr : &info->declared[index];
    return nullptr;
  };
  api->CastTypeInfoToTensorInfo = [](const OrtTypeInfo* info,
                                     const OrtTensorTypeAndShapeInfo** out) noexcept -> OrtStatus* {
    *out = &info->tensor;
    return nullptr;
  };
  api->ReleaseTypeInfo = [](OrtTypeInfo* info) noexcept { delete info; };
}

/// Reads a list as ONNX Runtime does: without room the size alone, and a list of another type as one of none.
template <class T, class Other>
OrtStatus* read_list(const OpAttributes::Named<std::vector<T>>& lists, const Other& others, const char* name, T* out,
                     size_t* size) {
  const auto found = lists.find(name);
  if (found == lists.end()) {
    if (others.count(name) == 0) return no_attribute();
    *size = 0;
    return nullptr;
  }
  *size = found->second.size();
  if (out != nullptr) std::copy(found->second.begin(), found->second.end(), out);
  return nullptr;
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
  api->KernelInfoGetAttribute_float = [](const OrtKernelInfo* info, const char* name,
                                         float* out) noexcept -> OrtStatus* {
    const auto found = info->attributes->floats.find(name);
    if (found == info->attributes->floats.end()) return no_attribute();
    *out = found->second;
    return nullptr;
  };
  api->KernelInfoGetAttributeArray_int64 = [](const OrtKernelInfo* info, const char* name, int64_t* out,
                                              size_t* size) noexcept {
    return read_list(info->attributes->int_lists, info->attributes->float_lists, name, out, size);
  };
  api->KernelInfoGetAttributeArray_float = [](const OrtKernelInfo* info, const char* name, float* out,
                                              size_t* size) noexcept {
    return read_list(info->attributes->float_lists, info->attributes->int_lists, name, out, size);
  };
}

/// Counts its blocks for one run. Memory of the alignment that ONNX Runtime gives, full of what no op may
/// take for a number.
struct RunAllocator : OrtAllocator {
  explicit RunAllocator(OpMemory* memory) : OrtAllocator{}, counted(memory) {
    version = ORT_API_VERSION;
    Alloc = [](OrtAllocator* self, size_t bytes) -> void* {
      OpMemory* const run = static_cast<RunAllocator*>(self)->counted;
      ++run->blocks;
      run->bytes += static_cast<int64_t>(bytes);
      if (bytes > most_bytes) return nullptr;
      void* const block = ::operator new(bytes, kAlignment, std::nothrow);
      if (block != nullptr) std::memset(block, 0xFF, bytes);
      return block;
    };
    Free = [](OrtAllocator*, void* block) { ::operator delete(block, kAlignment); };
  }

  static constexpr std::align_val_t kAlignment{64};

  OpMemory* counted;
};

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
    *out = memory->device ? static_cast<OrtAllocator*>(new DeviceAllocator(context)) : new RunAllocator(context->memory);
    return nullptr;
  };
  api->ReleaseAllocator = [](OrtAllocator* released) noexcept {
    if (released->Alloc == RunAllocator(nullptr).Alloc) {
      delete static_cast<RunAllocator*>(released);
    } else {
      delete static_cast<DeviceAllocator*>(released);
    }
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
    *out = is_absent(*value.tensor) ? nullptr : &value;
    return nullptr;
  };
  api->KernelContext_GetOutputCount = [](const OrtKernelContext* context, size_t* out) noexcept -> OrtStatus* {
    *out = context->outputs.size();
    return nullptr;
  };
  api->KernelContext_GetOutput = [](OrtKernelContext* context, size_t index, const int64_t* dims, size_t rank,
                                    OrtValue** out) noexcept -> OrtStatus* {
    *out = nullptr;
    OrtValue& output = context->outputs[index];
    if (!output.wanted) return nullptr;
    ++context->memory->outputs;
    const size_t bytes_before = output.tensor->bytes.size();
    if (!shape_output(output.tensor, dims, rank)) {
      return new OrtStatus{ORT_FAIL, "no memory for output " + std::to_string(index)};
    }
    output.memory.device = context->device;
    const size_t bytes = output.tensor->bytes.size();
    if (context->device && (output.device == nullptr || bytes != bytes_before)) output.device = device_block(bytes);
    *out = &output;
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
  api->ReleaseCustomOpDomain = [](OrtCustomOpDomain* domain) noexcept { delete domain; };
  api->AddCustomOpDomain = [](OrtSessionOptions* options, OrtCustomOpDomain* domain) noexcept -> OrtStatus* {
    options->domain = domain;
    return nullptr;
  };
  // Builds for sanitizers turn both off; every tensor is a block of its own here.
  api->DisableCpuMemArena = [](OrtSessionOptions*) noexcept -> OrtStatus* { return nullptr; };
  api->DisableMemPattern = [](OrtSessionOptions*) noexcept -> OrtStatus* { return nullptr; };
}

}  // namespace

bool is_absent(const OpTensor& tensor) { return tensor.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED; }

std::shared_ptr<unsigned char> device_block(size_t bytes) {
  TestDevice* const device = TestDevice::find();
  void* const block = device->allocate(bytes);
  return {static_cast<unsigned char*>(block), [device](unsigned char* data) {
            if (data != nullptr) device->release(data);
          }};
}

void limit_op_memory(size_t bytes) { most_bytes = bytes; }

const OrtApi& op_api() {
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
    set_inference_calls(&made);
    return made;
  }();
  return api;
}

std::string text_of(OrtStatus* status, OrtErrorCode* code) {
  if (status == nullptr) return {};
  const std::unique_ptr<OrtStatus> owned(status);
  if (code != nullptr) *code = status->code;
  return status->text;
}

}  // namespace ortnce::test
