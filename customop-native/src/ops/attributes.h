// Typed, checked attributes of a node.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

namespace ortnce::ops {

/// Reads attributes at kernel creation. An attribute of the wrong type is an error, never absent.
class Attributes {
 public:
  /// `op` names the op in errors.
  Attributes(const char* op, const OrtKernelInfo* info) : op_(op), info_(info) {}

  std::optional<int64_t> integer(const char* name) const;
  int64_t integer(const char* name, int64_t otherwise) const;

  float number(const char* name, float otherwise) const;

  /// 0 or 1.
  bool flag(const char* name, bool otherwise) const;

  /// The index in `values` of the attribute's text; 0, the default, when absent.
  size_t choice(const char* name, std::initializer_list<const char*> values) const;

 private:
  std::optional<std::string> text(const char* name) const;
  /// What an attribute is that could not be read as asked for, in words; null if it is absent.
  const char* other_type(const char* name) const;

  const char* op_;
  const OrtKernelInfo* info_;
};

}  // namespace ortnce::ops
