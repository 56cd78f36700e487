#include "ops/nce_loss_grad_kernel.h"
#include "ops/nce_loss_kernel.h"
#include "ops/ops.h"
#include "ops/signatures.h"

namespace ortnce::ops {

OpOfRuntime nce_loss_op(const OrtApi& runtime_api) {
  return op_of_runtime<NceLossKernel>(runtime_api, nce_loss_signature());
}

OpOfRuntime nce_loss_grad_op(const OrtApi& runtime_api) {
  return op_of_runtime<NceLossGradKernel>(runtime_api, nce_loss_grad_signature());
}

}  // namespace ortnce::ops
