// What a fuzzer's bytes say, read from the front; zeros when they are used up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ortnce::fuzz {

class ByteSource {
 public:
  ByteSource(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  bool empty() const { return at_ == size_; }

  uint8_t byte() { return at_ < size_ ? data_[at_++] : uint8_t{0}; }

  /// In [0, limit), limit up to 256.
  int64_t below(int64_t limit) { return byte() % limit; }

  /// True for one byte in `one_in`.
  bool rarely(int one_in) { return byte() % one_in == one_in - 1; }

  template <class T>
  T raw() {
    T value{};
    unsigned char bytes[sizeof(T)];
    for (unsigned char& one : bytes) one = byte();
    std::memcpy(&value, bytes, sizeof(T));
    return value;
  }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

}  // namespace ortnce::fuzz
