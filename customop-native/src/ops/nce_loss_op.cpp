#include "ops/nce_loss_grad_kernel.h"
#include "ops/nce_loss_kernel.h"
#include "ops/ops.h"
#include "ops/signatures.h"

namespace ortnce::ops {

const OrtCustomOp* nce_loss_op() {
  static const CustomOp<NceLossKernel> op(nce_loss_signature());
  return &op;
}

const OrtCustomOp* nce_loss_grad_op() {
  static const CustomOp<NceLossGradKernel> op(nce_loss_grad_signature());
  return &op;
}

}  // namespace ortnce::ops
