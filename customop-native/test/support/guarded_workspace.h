// Scratch memory that shows what was not written and what was written behind it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace ortnce::test {

/// A workspace with kAlignment bytes of canary behind it.
class GuardedWorkspace {
 public:
  static constexpr size_t kAlignment = 64;

  explicit GuardedWorkspace(size_t bytes) : bytes_(bytes) {
    void* raw = nullptr;
    if (posix_memalign(&raw, kAlignment, bytes + kAlignment) != 0) std::abort();
    memory_.reset(static_cast<unsigned char*>(raw));
    // NaN everywhere, so that a number that nobody wrote shows in the results.
    std::memset(raw, 0xFF, bytes);
    std::memset(memory_.get() + bytes, kCanary, kAlignment);
  }

  void* data() { return memory_.get(); }

  bool intact() const {
    const unsigned char* const end = memory_.get() + bytes_;
    return std::all_of(end, end + kAlignment, [](unsigned char byte) { return byte == kCanary; });
  }

 private:
  static constexpr unsigned char kCanary = 0xA5;

  struct Free {
    void operator()(unsigned char* memory) const { std::free(memory); }
  };
  size_t bytes_;
  std::unique_ptr<unsigned char, Free> memory_;
};

}  // namespace ortnce::test
