// Whether there is anything to test: tools/gpu_bundle/run asks first.
#include <gtest/gtest.h>

#include "support/op_runtime.h"
#include "support/test_device.h"

namespace ortnce::test {
namespace {

TEST(Device, IsThere) {
  ASSERT_TRUE(has_cuda()) << "no CUDA device, or the library has no kernels for one";
  RecordProperty("name", TestDevice::find()->name());
}

}  // namespace
}  // namespace ortnce::test
