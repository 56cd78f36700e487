#include "ops/custom_op.h"
#include "ops/nce_loss_grad_kernel.h"
#include "ops/nce_loss_kernel.h"
#include "ops/ops.h"

namespace ortnce::ops {
namespace {

constexpr auto kRequired = INPUT_OUTPUT_REQUIRED, kOptional = INPUT_OUTPUT_OPTIONAL;
constexpr auto kVariadic = INPUT_OUTPUT_VARIADIC;
constexpr auto kFloat = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kInt64 = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
constexpr size_t kInputsOfGrad = 1;
constexpr auto kAnyType = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;

}  // namespace

const OrtCustomOp* nce_loss_op() {
  static const CustomOp<NceLossKernel> op({
      kNceLoss,
      {kRequired, kRequired, kOptional, kOptional, kOptional, kOptional, kOptional, kVariadic},
      {{kFloat, kRequired}, {kInt64, kOptional}, {kFloat, kOptional}, {kFloat, kOptional}},
  });
  return &op;
}

const OrtCustomOp* nce_loss_grad_op() {
  static const CustomOp<NceLossGradKernel> op({
      kNceLossGrad,
      {kRequired, kRequired, kRequired, kOptional, kOptional, kOptional, kOptional, kVariadic},
      {{kAnyType, kRequired}, {kInt64, kOptional}, {kFloat, kOptional}, {kFloat, kOptional}, {kFloat, kOptional}},
      kInputsOfGrad,
  });
  return &op;
}

}  // namespace ortnce::ops
