#include "ops/cuda/device_run.h"

#include "ops/message.h"

namespace ortnce::ops {
namespace {

int device_of(const OrtMemoryInfo* memory) {
  int device = 0;
  check(api().MemoryInfoGetId(memory, &device));
  return device;
}

}  // namespace

DeviceRun::DeviceRun(const char* op, const RunContext& context, size_t input, const OrtMemoryInfo* host_memory)
    : op_(op),
      context_(context),
      host_memory_(host_memory),
      device_memory_(context.input_memory(input)),
      current_(device_of(device_memory_)) {
  check(current_.status());
  void* stream = nullptr;
  ops::check(api().KernelContext_GetGPUComputeStream(context.raw(), &stream));
  stream_ = static_cast<kernels::cuda::Stream>(stream);
  ops::check(api().KernelContext_GetAllocator(context.raw(), device_memory_, &allocator_));
}

DeviceRun::~DeviceRun() {
  for (void* const block : device_blocks_) allocator_->Free(allocator_, block);
  if (allocator_ != nullptr) api().ReleaseAllocator(allocator_);
}

bool DeviceRun::session_allows_tf32() const {
  // ONNX Runtime's core/providers/cuda/cuda_resource.h, which its C headers do not include.
  constexpr int kResourceVersion = 3, kUseTf32 = 10011;
  void* value = nullptr;
  const bool known =
      succeeded(api().KernelContext_GetResource(context_.raw(), kResourceVersion, kUseTf32, &value));
  return known && (reinterpret_cast<uintptr_t>(value) & 0xFF) != 0;
}

void* DeviceRun::device_memory(size_t bytes) {
  if (bytes == 0) return nullptr;
  void* block = nullptr;
  // Taken for the stream, unlike the allocator's Alloc; it is ours to give back all the same.
  device_blocks_.reserve(device_blocks_.size() + 1);
  if (!succeeded(api().KernelContext_GetScratchBuffer(context_.raw(), device_memory_, bytes, &block)) ||
      block == nullptr) {
    throw Error(ORT_FAIL, format("%s: no memory for %zu bytes of working memory on the device", op_, bytes));
  }
  device_blocks_.push_back(block);
  return block;
}

kernels::cuda::RunMemory DeviceRun::allocate(bool fits, const kernels::cuda::RunBytes& bytes) {
  if (!fits) throw Error(ORT_FAIL, format("%s: the working memory of these shapes overflows 2^64 bytes", op_));
  auto host = std::make_unique<Workspace>();
  const size_t at = host->reserve_bytes(bytes.host);
  host->allocate(context_, host_memory_, op_);
  host_blocks_.push_back(std::move(host));
  return {host_blocks_.back()->at<void>(at), device_memory(bytes.device)};
}

void DeviceRun::check(const kernels::cuda::Status& status) const {
  if (status.ok()) return;
  throw Error(ORT_FAIL, format("%s: CUDA error %d in %s: %s", op_, status.code, status.step, status.reason));
}

}  // namespace ortnce::ops
