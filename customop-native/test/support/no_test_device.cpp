#include "support/test_device.h"

namespace ortnce::test {

TestDevice* TestDevice::find() { return nullptr; }

}  // namespace ortnce::test
