#include "ops/inference.h"

#include <atomic>
#include <cstdint>
#include <string>

#include "ops/ort_api.h"

namespace ortnce::ops {
namespace {

constexpr size_t kRank = 2;

/// A dimension must have a value or a name: ONNX Runtime reads "neither" as a value of -1. Dimensions of one
/// name are taken to be equal, hence no name is given twice.
std::string fresh_name() {
  static std::atomic<uint64_t> count{0};
  return "ortnce_dim_" + std::to_string(count++);
}

}  // namespace

void infer_matrix_like(OrtShapeInferContext* context, size_t index) {
  OrtTensorTypeAndShapeInfo* input = nullptr;  // owned by the context
  check(api().ShapeInferContext_GetInputTypeShape(context, index, &input));
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  check(api().GetTensorElementType(input, &type));
  size_t rank = 0;
  check(api().GetDimensionsCount(input, &rank));
  int64_t dims[kRank] = {-1, -1};
  const char* names[kRank] = {"", ""};
  if (rank == kRank) {  // an unknown shape reads as rank 0
    check(api().GetDimensions(input, dims, kRank));
    check(api().GetSymbolicDimensions(input, names, kRank));
  }
  std::string fresh[kRank];
  for (size_t axis = 0; axis < kRank; ++axis) {
    if (dims[axis] >= 0 || names[axis][0] != '\0') continue;
    fresh[axis] = fresh_name();
    names[axis] = fresh[axis].c_str();
  }
  OrtTensorTypeAndShapeInfo* raw = nullptr;
  check(api().CreateTensorTypeAndShapeInfo(&raw));
  const ShapeInfo output(raw);
  check(api().SetTensorElementType(output.get(), type));
  check(api().SetDimensions(output.get(), dims, kRank));
  check(api().SetSymbolicDimensions(output.get(), names, kRank));
  check(api().ShapeInferContext_SetOutputTypeShape(context, 0, output.get()));
}

}  // namespace ortnce::ops
