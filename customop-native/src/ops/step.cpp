#include "ops/step.h"

#include "ops/message.h"

namespace ortnce::ops {

void check_step(const char* op, const TensorSpec& step) {
  if (!step.present) return;
  expect_type(op, step, "step", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64);
  if (!step.rank_known || step.dims.empty()) return;
  if (step.dims.size() == 1 && (step.dims[0] == 1 || step.dims[0] < 0)) return;
  invalid(format("%s: step must be a scalar or have shape [1], got %s", op, shape_text(step.dims).c_str()));
}

std::optional<uint64_t> read_step(const char* op, const InputTensor& step) {
  if (!step.spec.present) return std::nullopt;
  const int64_t value = *step.as<int64_t>();
  if (value < 0) invalid(format("%s: step must be >= 0, got %lld", op, printable(value)));
  return static_cast<uint64_t>(value);
}

}  // namespace ortnce::ops
