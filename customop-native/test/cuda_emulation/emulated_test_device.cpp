// Device memory of the emulation: whoever touches it outside of a copy or a kernel dies.
#include <sys/mman.h>

#include <cstring>
#include <map>
#include <mutex>

#include "cuda_emulation/device_access.h"
#include "support/test_device.h"

namespace ortnce::test {
namespace {

constexpr size_t kPage = 4096;

class EmulatedDevice final : public TestDevice {
 public:
  EmulatedDevice() {
    emulation::device_access() = [](bool begins) { static_cast<EmulatedDevice*>(find())->protect(!begins); };
  }

  const char* name() const override { return "emulation"; }

  void* allocate(size_t bytes) override {
    const size_t mapped = (bytes / kPage + 1) * kPage;
    void* const block = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return nullptr;
    std::memset(block, 0xFF, bytes);
    const std::lock_guard<std::mutex> lock(mutex_);
    blocks_[block] = mapped;
    mprotect(block, mapped, PROT_NONE);
    return block;
  }

  void release(void* block) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    munmap(block, blocks_.at(block));
    blocks_.erase(block);
  }

  void copy_in(void* to, const void* from, size_t bytes) override { copy(to, from, bytes); }
  void copy_out(void* to, const void* from, size_t bytes) override { copy(to, from, bytes); }
  void* stream() override { return &blocks_; }
  const char* synchronize() override { return nullptr; }

 private:
  static void copy(void* to, const void* from, size_t bytes) {
    const emulation::DeviceAccess access;
    if (bytes > 0) std::memcpy(to, from, bytes);
  }

  void protect(bool on) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [block, bytes] : blocks_) mprotect(block, bytes, on ? PROT_NONE : PROT_READ | PROT_WRITE);
  }

  std::mutex mutex_;
  std::map<void*, size_t> blocks_;
};

}  // namespace

TestDevice* TestDevice::find() {
  static EmulatedDevice device;
  return &device;
}

}  // namespace ortnce::test
