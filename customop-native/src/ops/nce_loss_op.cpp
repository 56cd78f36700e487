#include "ops/custom_op.h"
#include "ops/nce_loss_contract.h"
#include "ops/nce_loss_kernel.h"
#include "ops/ops.h"

namespace ortnce::ops {

const OrtCustomOp* nce_loss_op() {
  constexpr auto kRequired = INPUT_OUTPUT_REQUIRED, kOptional = INPUT_OUTPUT_OPTIONAL;
  constexpr auto kFloat = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kInt64 = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
  static const CustomOp<NceLossKernel> op({
      kNceLoss,
      {kRequired, kRequired, kOptional, kOptional, kOptional, kOptional, kOptional, INPUT_OUTPUT_VARIADIC},
      {{kFloat, kRequired}, {kInt64, kOptional}, {kFloat, kOptional}, {kFloat, kOptional}},
  });
  return &op;
}

}  // namespace ortnce::ops
