#include "ops/signatures.h"

#include "ops/full_sigmoid_loss_node.h"
#include "ops/nce_loss_grad_node.h"
#include "ops/nce_loss_node.h"

namespace ortnce::ops {
namespace {

constexpr auto kRequired = INPUT_OUTPUT_REQUIRED, kOptional = INPUT_OUTPUT_OPTIONAL;
constexpr auto kVariadic = INPUT_OUTPUT_VARIADIC;
constexpr auto kFloat = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kInt64 = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
constexpr size_t kInputsOfGrad = 1;
constexpr auto kAnyType = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;

}  // namespace

OpSignature nce_loss_signature() {
  return {
      kNceLoss,
      {kRequired, kRequired, kOptional, kOptional, kOptional, kOptional, kOptional, kVariadic},
      {{kFloat, kRequired}, {kInt64, kOptional}, {kFloat, kOptional}, {kFloat, kOptional}},
  };
}

OpSignature nce_loss_grad_signature() {
  return {
      kNceLossGrad,
      {kRequired, kRequired, kRequired, kOptional, kOptional, kOptional, kOptional, kVariadic},
      {{kAnyType, kRequired}, {kInt64, kOptional}, {kFloat, kOptional}, {kFloat, kOptional}, {kFloat, kOptional}},
      kInputsOfGrad,
  };
}

OpSignature full_sigmoid_loss_signature() {
  return {
      kFullSigmoidLoss,
      {kRequired, kRequired, kOptional, kVariadic},
      {{kFloat, kOptional}, {kFloat, kOptional}, {kInt64, kOptional}, {kFloat, kOptional}},
  };
}

}  // namespace ortnce::ops
