// Whether there is anything to test: tools/gpu_bundle/run asks first, and reads why not.
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include "support/op_runtime.h"
#include "support/test_device.h"

namespace ortnce::test {
namespace {

TEST(Device, IsThere) {
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  ASSERT_EQ(error, cudaSuccess) << "\ncannot be used: " << cudaGetErrorString(error);
  ASSERT_GT(count, 0) << "\ncannot be used: CUDA shows no device";
  ASSERT_TRUE(has_cuda()) << "\ncannot be used: the library has no kernels for CUDA";
  RecordProperty("name", TestDevice::find()->name());
}

}  // namespace
}  // namespace ortnce::test
