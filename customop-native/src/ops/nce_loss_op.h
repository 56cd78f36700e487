// NceLoss as ONNX Runtime sees it.
#pragma once

#include <onnxruntime_c_api.h>

namespace ortnce::ops {

/// The op's entry in the domain, for the CPU execution provider. Lives as long as the library.
const OrtCustomOp* nce_loss_op();

}  // namespace ortnce::ops
