#include "ops/attributes.h"

#include <vector>

#include "ops/message.h"
#include "ops/ort_api.h"

namespace ortnce::ops {

const char* Attributes::other_type(const char* name) const {
  float number = 0;
  int64_t integer = 0;
  size_t size = 0;
  if (succeeded(api().KernelInfoGetAttribute_int64(info_, name, &integer))) return "an int";
  if (succeeded(api().KernelInfoGetAttribute_float(info_, name, &number))) return "a float";
  // Without room to write to, strings and arrays report their size.
  if (succeeded(api().KernelInfoGetAttribute_string(info_, name, nullptr, &size))) return "a string";
  // An array of another type reads as an array of none.
  size_t ints = 0, floats = 0;
  const bool as_ints = succeeded(api().KernelInfoGetAttributeArray_int64(info_, name, nullptr, &ints));
  const bool as_floats = succeeded(api().KernelInfoGetAttributeArray_float(info_, name, nullptr, &floats));
  if (ints > 0) return "ints";
  if (floats > 0) return "floats";
  return as_ints || as_floats ? "another type" : nullptr;
}

std::optional<int64_t> Attributes::integer(const char* name) const {
  int64_t value = 0;
  if (succeeded(api().KernelInfoGetAttribute_int64(info_, name, &value))) return value;
  if (const char* found = other_type(name)) {
    invalid(format("%s: attribute %s must be an int, got %s", op_, name, found));
  }
  return std::nullopt;
}

int64_t Attributes::integer(const char* name, int64_t otherwise) const { return integer(name).value_or(otherwise); }

float Attributes::number(const char* name, float otherwise) const {
  float value = 0;
  if (succeeded(api().KernelInfoGetAttribute_float(info_, name, &value))) return value;
  if (const char* found = other_type(name)) {
    invalid(format("%s: attribute %s must be a float, got %s", op_, name, found));
  }
  return otherwise;
}

bool Attributes::flag(const char* name, bool otherwise) const {
  const int64_t value = integer(name, otherwise ? 1 : 0);
  if (value != 0 && value != 1) {
    invalid(format("%s: attribute %s must be 0 or 1, got %lld", op_, name, static_cast<long long>(value)));
  }
  return value == 1;
}

std::optional<std::string> Attributes::text(const char* name) const {
  size_t size = 0;
  if (succeeded(api().KernelInfoGetAttribute_string(info_, name, nullptr, &size))) {
    std::vector<char> bytes(size + 1, '\0');
    check(api().KernelInfoGetAttribute_string(info_, name, bytes.data(), &size));
    return std::string(bytes.data(), size > 0 ? size - 1 : 0);  // size counts the final 0
  }
  if (const char* found = other_type(name)) {
    invalid(format("%s: attribute %s must be a string, got %s", op_, name, found));
  }
  return std::nullopt;
}

size_t Attributes::choice(const char* name, std::initializer_list<const char*> values) const {
  const std::optional<std::string> value = text(name);
  if (!value) return 0;
  std::string wanted;
  size_t index = 0;
  for (const char* candidate : values) {
    if (*value == candidate) return index;
    wanted += (index == 0 ? "\"" : ", \"") + std::string(candidate) + "\"";
    ++index;
  }
  invalid(format("%s: attribute %s must be one of %s, got %s", op_, name, wanted.c_str(), quoted(*value).c_str()));
}

}  // namespace ortnce::ops
