#include "ops/message.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace ortnce::ops {

Error::Error(OrtErrorCode code, const std::string& text) : code_(code) {
  const size_t bytes = text.size() < kMaxBytes ? text.size() : kMaxBytes;
  for (size_t i = 0; i < bytes; ++i) {
    const char c = text[i];
    text_[i] = c >= ' ' && c <= '~' ? c : '?';
  }
  text_[bytes] = '\0';
}

std::string format(const char* pattern, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, pattern);
  vsnprintf(text, sizeof(text), pattern, arguments);
  va_end(arguments);
  return text;
}

void invalid(const std::string& text) { throw Error(ORT_INVALID_ARGUMENT, text); }

std::string quoted(const std::string& text) {
  constexpr size_t kShown = 64;
  std::string shown = '"' + text.substr(0, kShown);
  if (text.size() > kShown) shown += "...";
  return shown + '"';
}

std::string shape_text(const std::vector<int64_t>& dims) {
  constexpr size_t kShown = 8;
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i) {
    if (i > 0) text += ", ";
    if (i == kShown) {
      text += "...";
      break;
    }
    if (dims[i] < 0) {
      text += "?";
    } else {
      text += std::to_string(dims[i]);
    }
  }
  return text + "]";
}

const char* type_text(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT: return "float";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8: return "uint8";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8: return "int8";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16: return "uint16";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16: return "int16";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32: return "int32";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64: return "int64";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING: return "string";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL: return "bool";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16: return "float16";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE: return "double";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32: return "uint32";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64: return "uint64";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16: return "bfloat16";
    default: return "another type";
  }
}

}  // namespace ortnce::ops
