// The signatures of ops that have kernels on several providers: ONNX Runtime wants them equal.
#pragma once

#include "ops/custom_op.h"

namespace ortnce::ops {

OpSignature nce_loss_signature();
OpSignature nce_loss_grad_signature();
OpSignature full_sigmoid_loss_signature();

}  // namespace ortnce::ops
