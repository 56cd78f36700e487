// One run of a kernel on a CUDA device: stream, memory, copies, errors.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/cuda/device_problem.h"
#include "kernels/cuda/stream.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// Queues work on ONNX Runtime's stream; nothing waits for it.
///
/// What is copied from the host lies in memory of ONNX Runtime's CPU allocator, which is pageable: CUDA
/// has read it when the call that queues the copy returns. Device memory belongs to the stream, so that ONNX
/// Runtime gives it only to work that comes later.
class DeviceRun {
 public:
  /// `input`: one that lies on the device. `host_memory`: as of cpu_memory(). `op` names the op in errors.
  DeviceRun(const char* op, const RunContext& context, size_t input, const OrtMemoryInfo* host_memory);
  ~DeviceRun();
  DeviceRun(const DeviceRun&) = delete;
  DeviceRun& operator=(const DeviceRun&) = delete;

  kernels::cuda::Stream stream() const { return stream_; }

  /// Whether the session has use_tf32 on.
  bool session_allows_tf32() const;

  /// Memory that lasts as long as this object. `fits`: whether `bytes` could be computed.
  kernels::cuda::RunMemory allocate(bool fits, const kernels::cuda::RunBytes& bytes);

  /// Queues a copy to the device; null is an output that is not wanted.
  template <class T>
  void copy(const T* host, int64_t count, T* device) const {
    const size_t bytes = static_cast<size_t>(count) * sizeof(T);
    if (device != nullptr) check(kernels::cuda::queue_copy(host, bytes, device, stream_));
  }

  /// Throws Error for a call that failed.
  void check(const kernels::cuda::Status& status) const;

 private:
  void* device_memory(size_t bytes);

  const char* op_;
  const RunContext& context_;
  const OrtMemoryInfo* host_memory_;
  const OrtMemoryInfo* device_memory_;
  kernels::cuda::CurrentDevice current_;
  kernels::cuda::Stream stream_ = nullptr;
  OrtAllocator* allocator_ = nullptr;
  std::vector<void*> device_blocks_;
  std::vector<std::unique_ptr<Workspace>> host_blocks_;
};

}  // namespace ortnce::ops
