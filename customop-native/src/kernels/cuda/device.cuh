// What kernels use of a GPU, under one name for the device compiler and for the emulation of the tests.
// All inline assembly is here, in tensor_core.cuh and in two files of hopper; kernels touch shared memory and
// other lanes through these functions only.
#pragma once

#include "kernels/cuda/status.h"

#ifdef __CUDACC__

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

#define ORTNCE_DEVICE __device__ __forceinline__
#define ORTNCE_HOST_DEVICE __host__ __device__ inline
/// How a kernel takes its one parameter.
#define ORTNCE_PARAMS const __grid_constant__
/// A kernel of blocks of `threads`, so few registers that `blocks` of them share a multiprocessor.
#define ORTNCE_KERNEL(threads, blocks) __global__ void __launch_bounds__(threads, blocks)

namespace ortnce::kernels::cuda {

inline constexpr int kWarp = 32;

ORTNCE_DEVICE int thread_index() { return static_cast<int>(threadIdx.x); }
ORTNCE_DEVICE int64_t block_x() { return blockIdx.x; }
ORTNCE_DEVICE int64_t block_y() { return blockIdx.y; }

/// The shared memory of the block, of as many bytes as launch() was given, aligned to 1024.
ORTNCE_DEVICE unsigned char* shared_memory() {
  extern __shared__ __align__(1024) unsigned char memory[];
  return memory;
}

template <class T>
ORTNCE_DEVICE T load_shared(const T* from) {
  return *from;
}

template <class T>
ORTNCE_DEVICE void store_shared(T* to, T value) {
  *to = value;
}

/// *to |= bits, by many threads at once.
ORTNCE_DEVICE void or_shared(uint32_t* to, uint32_t bits) { atomicOr(to, bits); }

/// Waits until all threads of the block are here; orders their accesses to shared memory.
ORTNCE_DEVICE void sync_block() { __syncthreads(); }

/// The value of the lane whose number differs by `mask`. All lanes of the warp take part.
template <class T>
ORTNCE_DEVICE T shuffle_xor(T value, int mask) {
  return __shfl_xor_sync(0xffffffff, value, mask);
}

/// The value of one lane. All lanes of the warp take part.
template <class T>
ORTNCE_DEVICE T value_of_lane(T value, int lane) {
  return __shfl_sync(0xffffffff, value, lane);
}

/// Bit l: whether it holds in lane l. All lanes of the warp take part.
ORTNCE_DEVICE uint32_t ballot(bool holds) { return __ballot_sync(0xffffffff, holds); }

/// Begins to copy 16 bytes into shared memory, or zeros unless `valid`. Both addresses are multiples of
/// 16; `from` is not read unless `valid`.
ORTNCE_DEVICE void copy_async(void* to, const void* from, bool valid) {
#if __CUDA_ARCH__ >= 800
  const auto shared = static_cast<uint32_t>(__cvta_generic_to_shared(to));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared), "l"(from), "r"(valid ? 16 : 0)
               : "memory");
#else
  *static_cast<uint4*>(to) = valid ? *static_cast<const uint4*>(from) : uint4{};
#endif
}

/// Closes the group of the copies that the thread began since the last one.
ORTNCE_DEVICE void commit_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

/// Waits until all but the last `kPending` groups of the thread have arrived. Other threads see what
/// arrived after a sync_block().
template <int kPending>
ORTNCE_DEVICE void wait_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" ::"n"(kPending) : "memory");
#endif
}

ORTNCE_DEVICE uint32_t bits_of(float x) { return __float_as_uint(x); }
ORTNCE_DEVICE float float_of(uint32_t bits) { return __uint_as_float(bits); }

/// x of an IEEE 754 binary16.
ORTNCE_DEVICE float widen_half(uint16_t bits) {
  float x;
  asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(bits));
  return x;
}

/// x as an IEEE 754 binary16, rounded to nearest, ties to even.
ORTNCE_DEVICE uint16_t narrow_half(float x) {
  uint16_t bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
  return bits;
}

/// The larger number; NaN if one is NaN.
ORTNCE_DEVICE float larger(float a, float b) {
#if __CUDA_ARCH__ >= 800
  float result;
  asm("max.NaN.f32 %0, %1, %2;" : "=f"(result) : "f"(a), "f"(b));
  return result;
#else
  return a < b ? b : (b != b ? b : a);
#endif
}

/// Makes up a Status of what a call of the runtime returned.
inline Status status_of(cudaError_t error, const char* step) {
  if (error == cudaSuccess) return {};
  return {static_cast<int>(error), step, cudaGetErrorString(error)};
}

/// Begins to copy host memory to the device.
inline Status copy_to_device(void* to, const void* from, size_t bytes, Stream stream) {
  if (bytes == 0) return {};
  return status_of(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream), "cudaMemcpyAsync");
}

/// Copies device memory when the stream has done its work so far.
inline Status copy_to_host(void* to, const void* from, size_t bytes, Stream stream) {
  const Status queued =
      status_of(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream), "cudaMemcpyAsync");
  return queued.ok() ? status_of(cudaStreamSynchronize(stream), "cudaStreamSynchronize") : queued;
}

/// Memory of the current device.
class DeviceBlock {
 public:
  explicit DeviceBlock(size_t bytes) : status_(status_of(cudaMalloc(&data_, bytes), "cudaMalloc")) {}
  ~DeviceBlock() { cudaFree(data_); }
  DeviceBlock(const DeviceBlock&) = delete;
  DeviceBlock& operator=(const DeviceBlock&) = delete;

  const Status& status() const { return status_; }
  void* data() const { return data_; }

 private:
  void* data_ = nullptr;
  Status status_;
};

/// A stream of its own, which neither waits for others nor spoils what they capture while it lives.
class OwnStream {
 public:
  OwnStream() {
    status_ = status_of(cudaThreadExchangeStreamCaptureMode(&mode_), "cudaThreadExchangeStreamCaptureMode");
    if (status_.ok()) {
      status_ = status_of(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    }
  }
  ~OwnStream() {
    if (stream_ != nullptr) cudaStreamDestroy(stream_);
    cudaThreadExchangeStreamCaptureMode(&mode_);
  }
  OwnStream(const OwnStream&) = delete;
  OwnStream& operator=(const OwnStream&) = delete;

  const Status& status() const { return status_; }
  Stream get() const { return stream_; }

 private:
  cudaStreamCaptureMode mode_ = cudaStreamCaptureModeRelaxed;  // then that of before
  Stream stream_ = nullptr;
  Status status_;
};

/// Whether a call failed for want of memory.
inline bool out_of_memory(const Status& status) { return status.code == cudaErrorMemoryAllocation; }

/// Number of the current device.
inline Status current_device(int* device) { return status_of(cudaGetDevice(device), "cudaGetDevice"); }

/// 90 for compute capability 9.0.
inline Status compute_capability(int device, int* capability) {
  int major = 0, minor = 0;
  Status status = status_of(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device),
                            "cudaDeviceGetAttribute");
  if (status.ok()) {
    status = status_of(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device),
                       "cudaDeviceGetAttribute");
  }
  *capability = 10 * major + minor;
  return status;
}

/// A grid of blocks.
struct Grid {
  int64_t x = 1, y = 1;
};

/// Queues `kernel` over a grid, in blocks of `threads` with `shared_bytes` of shared memory. An empty grid
/// is nothing to do.
template <class Params>
Status launch(void (*kernel)(Params), const char* name, Grid grid, int threads, size_t shared_bytes, Stream stream,
              const Params& params) {
  if (grid.x == 0 || grid.y == 0) return {};
  constexpr size_t kAlwaysThere = 48 * 1024;
  if (shared_bytes > kAlwaysThere) {
    const Status raised = status_of(
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared_bytes)),
        "cudaFuncSetAttribute");
    if (!raised.ok()) return raised;
  }
  const dim3 blocks(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y));
  void* arguments[] = {const_cast<Params*>(&params)};
  return status_of(
      cudaLaunchKernel(kernel, blocks, dim3(static_cast<unsigned>(threads)), arguments, shared_bytes, stream), name);
}

}  // namespace ortnce::kernels::cuda

#else
#include "cuda_emulation/device.h"
#endif
