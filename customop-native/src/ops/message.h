// Error texts: bounded, ASCII, and always naming argument, value found and what was expected.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ortnce::ops {

/// What ends the creation or a run of a kernel. Thrown inside the glue only; caught at the C ABI.
class Error {
 public:
  Error(OrtErrorCode code, const std::string& text);

  OrtErrorCode code() const { return code_; }
  const char* text() const { return text_; }

 private:
  static constexpr size_t kMaxBytes = 512;
  OrtErrorCode code_;
  char text_[kMaxBytes + 1];
};

/// For %lld.
inline long long printable(int64_t value) { return static_cast<long long>(value); }

/// printf-style text.
std::string format(const char* pattern, ...) __attribute__((format(printf, 1, 2)));

/// Throws Error(ORT_INVALID_ARGUMENT).
[[noreturn]] void invalid(const std::string& text);

/// The text in quotes; of a long one the beginning and "...".
std::string quoted(const std::string& text);

/// "[2, 3]"; an unknown dimension is "?".
std::string shape_text(const std::vector<int64_t>& dims);

/// ONNX's name of an element type, such as "float" or "int64".
const char* type_text(ONNXTensorElementDataType type);

}  // namespace ortnce::ops
