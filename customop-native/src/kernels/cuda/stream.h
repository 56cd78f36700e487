// What the glue does on a device besides launching kernels.
#pragma once

#include <cstddef>

#include "kernels/cuda/status.h"

namespace ortnce::kernels::cuda {

/// Makes a device the current one of this thread while it lives: kernels go to streams of that device.
class CurrentDevice {
 public:
  explicit CurrentDevice(int device);
  ~CurrentDevice();
  CurrentDevice(const CurrentDevice&) = delete;
  CurrentDevice& operator=(const CurrentDevice&) = delete;

  const Status& status() const { return status_; }

 private:
  int previous_ = 0;
  bool changed_ = false;
  Status status_;
};

/// Queues on `stream` a copy from pageable host memory, which may be reused when it returns, to the device.
Status queue_copy(const void* host, size_t bytes, void* device, Stream stream);

}  // namespace ortnce::kernels::cuda
