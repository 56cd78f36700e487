// The GPU of these tests: device 0.
#include <cuda_runtime_api.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "support/test_device.h"

namespace ortnce::test {
namespace {

void require(cudaError_t error, const char* call) {
  if (error != cudaSuccess) throw std::runtime_error(std::string(call) + ": " + cudaGetErrorString(error));
}

/// One allocation a block, so that compute-sanitizer sees where each ends.
class Gpu final : public TestDevice {
 public:
  Gpu() {
    cudaDeviceProp properties{};
    require(cudaGetDeviceProperties(&properties, 0), "cudaGetDeviceProperties");
    name_ = properties.name;
    const char* const poison = std::getenv("ORTNCE_TEST_POISON");
    poison_ = poison == nullptr || std::strcmp(poison, "0") != 0;
    require(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreate");
  }

  const char* name() const override { return name_.c_str(); }

  void* allocate(size_t bytes) override {
    void* block = nullptr;
    if (cudaMallocAsync(&block, bytes == 0 ? 1 : bytes, stream_) != cudaSuccess) return nullptr;
    if (poison_) require(cudaMemsetAsync(block, 0xFF, bytes, stream_), "cudaMemset");
    return block;
  }

  void release(void* block) override { cudaFreeAsync(block, stream_); }

  void copy_in(void* to, const void* from, size_t bytes) override {
    require(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_), "cudaMemcpy to the device");
    require(cudaStreamSynchronize(stream_), "cudaStreamSynchronize");
  }

  void copy_out(void* to, const void* from, size_t bytes) override {
    require(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_), "cudaMemcpy to the host");
    require(cudaStreamSynchronize(stream_), "cudaStreamSynchronize");
  }

  void* stream() override { return stream_; }

  const char* synchronize() override {
    const cudaError_t error = cudaStreamSynchronize(stream_);
    return error == cudaSuccess ? nullptr : cudaGetErrorString(error);
  }

 private:
  std::string name_;
  cudaStream_t stream_ = nullptr;
  bool poison_ = true;  // unless ORTNCE_TEST_POISON is 0: a checker of uninitialized memory takes it for written
};

}  // namespace

TestDevice* TestDevice::find() {
  int count = 0;
  // Fails where there is no driver.
  if (cudaGetDeviceCount(&count) != cudaSuccess || count == 0) return nullptr;
  static Gpu* const gpu = new Gpu;  // never freed: streams must not outlive the driver
  return gpu;
}

}  // namespace ortnce::test
