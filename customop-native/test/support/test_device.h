// The device that op tests run CUDA kernels on: a GPU, or where kernels are emulated host memory that nobody
// but they can touch. Which one is a matter of what is linked.
#pragma once

#include <cstddef>

namespace ortnce::test {

class TestDevice {
 public:
  /// Null if there is none. Lives as long as the process.
  static TestDevice* find();

  virtual ~TestDevice() = default;

  /// What it is, such as the name of a GPU.
  virtual const char* name() const = 0;

  /// Memory full of what no op may take for a number; null if there is not so much.
  virtual void* allocate(size_t bytes) = 0;
  virtual void release(void* block) = 0;

  virtual void copy_in(void* to, const void* from, size_t bytes) = 0;
  virtual void copy_out(void* to, const void* from, size_t bytes) = 0;

  /// A cudaStream_t.
  virtual void* stream() = 0;

  /// Waits for the stream; an error of the device is returned, else null.
  virtual const char* synchronize() = 0;
};

}  // namespace ortnce::test
