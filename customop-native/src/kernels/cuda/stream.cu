#include "kernels/cuda/stream.h"

#include "kernels/cuda/device.cuh"

namespace ortnce::kernels::cuda {
namespace {

#ifdef __CUDACC__
Status get_device(int* device) { return status_of(cudaGetDevice(device), "cudaGetDevice"); }
Status set_device(int device) { return status_of(cudaSetDevice(device), "cudaSetDevice"); }
#else
// The emulation has no devices to choose from.
thread_local int current_device = 0;
Status get_device(int* device) { return *device = current_device, Status{}; }
Status set_device(int device) { return current_device = device, Status{}; }
#endif

}  // namespace

CurrentDevice::CurrentDevice(int device) : status_(get_device(&previous_)) {
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
