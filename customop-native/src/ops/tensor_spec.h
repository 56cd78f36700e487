// What is known of a tensor: all of it when a kernel runs, maybe less when it is created.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstdint>
#include <vector>

#include "ops/ort_api.h"

namespace ortnce::ops {

struct TensorSpec {
  bool present = false;
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;  // UNDEFINED = not known yet
  bool rank_known = false;
  std::vector<int64_t> dims;  // -1 = not known yet

  /// Dimension `axis`, or -1.
  int64_t dim(size_t axis) const { return rank_known && axis < dims.size() ? dims[axis] : -1; }
};

/// Reads type and shape; `with_shape` false leaves the rank unknown.
inline TensorSpec tensor_spec(const OrtTensorTypeAndShapeInfo* info, bool with_shape) {
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

/// Input `index` as the graph declares it; not present for a hole.
TensorSpec declared_input(const OrtKernelInfo* info, size_t index);

}  // namespace ortnce::ops
