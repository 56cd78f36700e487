// The calls of shape inference.
#include "support/op_api.h"

namespace ortnce::test {

void set_inference_calls(OrtApi* api) {
  api->ShapeInferContext_GetInputTypeShape = [](const OrtShapeInferContext* context, size_t index,
                                                OrtTensorTypeAndShapeInfo** out) noexcept -> OrtStatus* {
    if (index >= context->inputs.size() || is_absent(*context->inputs[index].tensor)) {
      return new OrtStatus{ORT_INVALID_ARGUMENT, "no input " + std::to_string(index)};
    }
    *out = const_cast<OrtTensorTypeAndShapeInfo*>(&context->inputs[index]);
    return nullptr;
  };
  api->GetSymbolicDimensions = [](const OrtTensorTypeAndShapeInfo* info, const char** names,
                                  size_t count) noexcept -> OrtStatus* {
    for (size_t axis = 0; axis < count; ++axis) names[axis] = axis < info->names.size() ? info->names[axis].c_str() : "";
    return nullptr;
  };
  api->CreateTensorTypeAndShapeInfo = [](OrtTensorTypeAndShapeInfo** out) noexcept -> OrtStatus* {
    *out = new OrtTensorTypeAndShapeInfo{nullptr};
    (*out)->tensor = &(*out)->own;
    return nullptr;
  };
  api->SetTensorElementType = [](OrtTensorTypeAndShapeInfo* info, ONNXTensorElementDataType type) noexcept -> OrtStatus* {
    info->own.type = type;
    return nullptr;
  };
  api->SetDimensions = [](OrtTensorTypeAndShapeInfo* info, const int64_t* dims, size_t count) noexcept -> OrtStatus* {
    info->own.dims.assign(dims, dims + count);
    return nullptr;
  };
  api->SetSymbolicDimensions = [](OrtTensorTypeAndShapeInfo* info, const char** names,
                                  size_t count) noexcept -> OrtStatus* {
    info->names.assign(names, names + count);
    return nullptr;
  };
  api->ShapeInferContext_SetOutputTypeShape = [](const OrtShapeInferContext* context, size_t index,
                                                 const OrtTensorTypeAndShapeInfo* info) noexcept -> OrtStatus* {
    const_cast<OrtShapeInferContext*>(context)->outputs[index] = {info->tensor->type, info->tensor->dims, info->names};
    return nullptr;
  };
}

}  // namespace ortnce::test
