// The kernels of compute capability 9.0 on a device that has it.
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include "kernels/cuda/hopper/trial.h"

namespace ortnce::test {
namespace {

TEST(CudaHopper, PassesItsTrial) {
  cudaDeviceProp properties{};
  ASSERT_EQ(cudaGetDeviceProperties(&properties, 0), cudaSuccess);
  if (properties.major != 9 || properties.minor != 0) GTEST_SKIP() << "not of compute capability 9.0";
  bool same = false;
  const kernels::cuda::Status status = kernels::cuda::hopper_trial(&same);
  EXPECT_TRUE(status.ok()) << status.step << ": " << status.reason;
  EXPECT_TRUE(same);
}

}  // namespace
}  // namespace ortnce::test
