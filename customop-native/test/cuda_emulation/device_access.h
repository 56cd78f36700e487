// When the emulated device touches its memory.
#pragma once

namespace ortnce::emulation {

/// Called when a copy or a kernel begins, and when it ends; null at first. Tests protect device memory with it.
using DeviceAccessHook = void (*)(bool begins);

inline DeviceAccessHook& device_access() {
  static DeviceAccessHook hook = nullptr;
  return hook;
}

/// A copy or a kernel at work.
class DeviceAccess {
 public:
  DeviceAccess() { tell(true); }
  ~DeviceAccess() { tell(false); }
  DeviceAccess(const DeviceAccess&) = delete;
  DeviceAccess& operator=(const DeviceAccess&) = delete;

 private:
  static void tell(bool begins) {
    if (device_access() != nullptr) device_access()(begins);
  }
};

}  // namespace ortnce::emulation
