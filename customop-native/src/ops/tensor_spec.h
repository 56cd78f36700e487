// What is known of a tensor: all of it when a kernel runs, maybe less when it is created.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstdint>
#include <vector>

#include "kernels/element_type.h"
#include "ops/ort_api.h"

namespace ortnce::ops {

struct TensorSpec {
  bool present = false;
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;  // UNDEFINED = not known, or absent
  bool rank_known = false;
  std::vector<int64_t> dims;  // -1 = not known yet

  /// Dimension `axis`, or -1.
  int64_t dim(size_t axis) const { return rank_known && axis < dims.size() ? dims[axis] : -1; }
};

/// Reads type and shape; `with_shape` false leaves the rank unknown.
TensorSpec tensor_spec(const OrtTensorTypeAndShapeInfo* info, bool with_shape);

/// Input `index` as the graph declares it; not present for a hole.
TensorSpec declared_input(const OrtKernelInfo* info, size_t index);

/// All inputs as the graph declares them.
std::vector<TensorSpec> declared_inputs(const OrtKernelInfo* info);

/// The product of dims[first, last), all known. Throws if it overflows.
int64_t elements(const char* op, const std::vector<int64_t>& dims, size_t first, size_t last);

/// The same of all dimensions.
inline int64_t elements(const char* op, const std::vector<int64_t>& dims) { return elements(op, dims, 0, dims.size()); }

/// The addresses of specs.
std::vector<const TensorSpec*> pointers(const std::vector<TensorSpec>& specs);

/// Throws unless the tensor is absent, of a type not known yet, or of type `wanted`.
void expect_type(const char* op, const TensorSpec& spec, const char* name, ONNXTensorElementDataType wanted);

/// The same for numbers of any precision: float, float16 or bfloat16.
void expect_number_type(const char* op, const TensorSpec& spec, const char* name);

/// How a tensor of such a type is stored.
kernels::ElementType element_type(const TensorSpec& spec);

/// The same for ids: int64 or int32.
void expect_id_type(const char* op, const TensorSpec& spec, const char* name);

/// Throws unless the tensor is absent or its shape, as far as it is known, has as many dimensions
/// as `wanted` and agrees with those that `wanted` knows. `meaning` says the shape in the terms of
/// the op.
void expect_shape(const char* op, const TensorSpec& spec, const char* name, const char* meaning,
                  const std::vector<int64_t>& wanted);

}  // namespace ortnce::ops
