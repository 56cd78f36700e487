// The device of these tests catches a host that touches device memory.
#include <gtest/gtest.h>

#include <vector>

#include "cuda_emulation/device_access.h"
#include "support/test_device.h"

namespace ortnce::test {
namespace {

TEST(ProtectedMemoryDeathTest, TheHostCannotTouchIt) {
  TestDevice* const device = TestDevice::find();
  auto* const block = static_cast<volatile unsigned char*>(device->allocate(100));
  EXPECT_DEATH(block[0] = 1, "");
  EXPECT_DEATH(static_cast<void>(block[99] == 0), "");
  device->release(const_cast<unsigned char*>(block));
}

TEST(ProtectedMemory, CopiesAndKernelsCan) {
  TestDevice* const device = TestDevice::find();
  const std::vector<int> in{1, 2, 3};
  std::vector<int> out(3);
  void* const block = device->allocate(12);
  device->copy_in(block, in.data(), 12);
  device->copy_out(out.data(), block, 12);
  EXPECT_EQ(out, in);
  {
    const emulation::DeviceAccess access;
    EXPECT_EQ(*static_cast<int*>(block), 1);
  }
  device->release(block);
}

}  // namespace
}  // namespace ortnce::test
