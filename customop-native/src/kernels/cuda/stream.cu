#include "kernels/cuda/stream.h"

#include "kernels/cuda/device.cuh"

namespace ortnce::kernels::cuda {

#ifdef __CUDACC__
namespace {
Status set_device(int device) { return status_of(cudaSetDevice(device), "cudaSetDevice"); }
}  // namespace
#else
// The emulation has no devices to choose from.
namespace {
thread_local int chosen = 0;
Status set_device(int device) { return chosen = device, Status{}; }
}  // namespace
Status current_device(int* device) { return *device = chosen, Status{}; }
#endif

CurrentDevice::CurrentDevice(int device) : status_(current_device(&previous_)) {
  if (!status_.ok() || previous_ == device) return;
  status_ = set_device(device);
  changed_ = status_.ok();
}

CurrentDevice::~CurrentDevice() {
  if (changed_) set_device(previous_);
}

Status queue_copy(const void* host, size_t bytes, void* device, Stream stream) {
  return copy_to_device(device, host, bytes, stream);
}

}  // namespace ortnce::kernels::cuda
