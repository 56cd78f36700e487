#include "ops/tensor_spec.h"

#include "ops/message.h"

namespace ortnce::ops {

TensorSpec tensor_spec(const OrtTensorTypeAndShapeInfo* info, bool with_shape) {
  TensorSpec spec;
  spec.present = true;
  check(api().GetTensorElementType(info, &spec.type));
  if (with_shape) {
    size_t rank = 0;
    check(api().GetDimensionsCount(info, &rank));
    spec.dims.resize(rank);
    check(api().GetDimensions(info, spec.dims.data(), rank));
    spec.rank_known = true;
  }
  return spec;
}

TensorSpec declared_input(const OrtKernelInfo* info, size_t index) {
  OrtTypeInfo* raw = nullptr;
  // A hole has no type: the call fails or gives nothing.
  if (!succeeded(api().KernelInfo_GetInputTypeInfo(info, index, &raw)) || raw == nullptr) return {};
  const TypeInfo type_info(raw);
  const OrtTensorTypeAndShapeInfo* tensor = nullptr;
  check(api().CastTypeInfoToTensorInfo(type_info.get(), &tensor));
  if (tensor == nullptr) {
    TensorSpec other;  // a sequence, map or optional
    other.present = true;
    return other;
  }
  // A shape that the graph does not declare reads as rank 0: no shape is taken from that.
  size_t rank = 0;
  check(api().GetDimensionsCount(tensor, &rank));
  return tensor_spec(tensor, rank > 0);
}

std::vector<TensorSpec> declared_inputs(const OrtKernelInfo* info) {
  size_t count = 0;
  check(api().KernelInfo_GetInputCount(info, &count));
  std::vector<TensorSpec> specs;
  for (size_t i = 0; i < count; ++i) specs.push_back(declared_input(info, i));
  return specs;
}

int64_t elements(const char* op, const std::vector<int64_t>& dims, size_t first, size_t last) {
  int64_t count = 1;
  bool overflow = false;
  for (size_t axis = first; axis < last; ++axis) {
    if (dims[axis] == 0) return 0;
    overflow |= __builtin_mul_overflow(count, dims[axis], &count);
  }
  if (overflow) invalid(format("%s: the sizes of shape %s overflow int64", op, shape_text(dims).c_str()));
  return count;
}

std::vector<const TensorSpec*> pointers(const std::vector<TensorSpec>& specs) {
  std::vector<const TensorSpec*> result;
  for (const TensorSpec& spec : specs) result.push_back(&spec);
  return result;
}

namespace {

bool type_known(const TensorSpec& spec) { return spec.type != ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED; }

}  // namespace

void expect_type(const char* op, const TensorSpec& spec, const char* name, ONNXTensorElementDataType wanted) {
  if (type_known(spec) && spec.type != wanted) {
    invalid(format("%s: %s must be %s, got %s", op, name, type_text(wanted), type_text(spec.type)));
  }
}

void expect_number_type(const char* op, const TensorSpec& spec, const char* name) {
  if (type_known(spec) && spec.type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT &&
      spec.type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 && spec.type != ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16) {
    invalid(format("%s: %s must be float, float16 or bfloat16, got %s", op, name, type_text(spec.type)));
  }
}

kernels::ElementType element_type(const TensorSpec& spec) {
  if (spec.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16) return kernels::ElementType::kFloat16;
  if (spec.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16) return kernels::ElementType::kBfloat16;
  return kernels::ElementType::kFloat;
}

void expect_id_type(const char* op, const TensorSpec& spec, const char* name) {
  if (type_known(spec) && spec.type != ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 &&
      spec.type != ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32) {
    invalid(format("%s: %s must be int64 or int32, got %s", op, name, type_text(spec.type)));
  }
}

void expect_shape(const char* op, const TensorSpec& spec, const char* name, const char* meaning,
                  const std::vector<int64_t>& wanted) {
  if (!spec.present || !spec.rank_known) return;
  if (spec.dims.size() != wanted.size()) {
    invalid(format("%s: %s must have rank %zu, shape %s, got rank %zu, shape %s", op, name, wanted.size(), meaning,
                   spec.dims.size(), shape_text(spec.dims).c_str()));
  }
  for (size_t axis = 0; axis < wanted.size(); ++axis) {
    if (wanted[axis] >= 0 && spec.dims[axis] >= 0 && wanted[axis] != spec.dims[axis]) {
      invalid(format("%s: %s must have shape %s = %s, got %s: dimension %zu is %lld, expected %lld", op, name, meaning,
                     shape_text(wanted).c_str(), shape_text(spec.dims).c_str(), axis, printable(spec.dims[axis]),
                     printable(wanted[axis])));
    }
  }
}

}  // namespace ortnce::ops
