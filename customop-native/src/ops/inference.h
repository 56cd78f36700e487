// What ONNX Runtime may know of outputs before a graph runs.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstddef>

namespace ortnce::ops {

/// Gives output 0 of a node the type of input `index`, a matrix, and its shape as far as it is known.
void infer_matrix_like(OrtShapeInferContext* context, size_t index);

}  // namespace ortnce::ops
