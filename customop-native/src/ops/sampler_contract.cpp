#include "ops/sampler_contract.h"

#include <algorithm>

#include "ops/message.h"

namespace ortnce::ops {
namespace {

/// 12 bytes of output a candidate: beyond this the sizes alone say that no machine has the memory.
constexpr int64_t kMaxSampled = int64_t{1} << 36;
constexpr int64_t kBytesPerSample = 12;

int64_t required(const char* op, const Attributes& attributes, const char* name) {
  const auto value = attributes.integer(name);
  if (!value) invalid(format("%s: attribute %s is missing", op, name));
  if (*value < 1) invalid(format("%s: attribute %s must be >= 1, got %lld", op, name, printable(*value)));
  return *value;
}

}  // namespace

SamplerAttributes::SamplerAttributes(const char* op, const Attributes& attributes, bool has_range_max)
    : num_true(required(op, attributes, "num_true")),
      num_sampled(required(op, attributes, "num_sampled")),
      unique(attributes.flag("unique", has_range_max)),
      range_max(has_range_max ? required(op, attributes, "range_max") : num_sampled),
      seed(attributes.integer("seed", 0)),
      seed2(attributes.integer("seed2", 0)) {
  if (num_sampled > kMaxSampled) {
    invalid(format("%s: attribute num_sampled must be at most %lld, got %lld, which needs %lld times %lld bytes", op,
                   printable(kMaxSampled), printable(num_sampled), printable(num_sampled), printable(kBytesPerSample)));
  }
  if (has_range_max && unique && num_sampled > range_max) {
    invalid(format("%s: attribute num_sampled must be at most range_max = %lld with unique = 1, got %lld", op,
                   printable(range_max), printable(num_sampled)));
  }
}

void check_true_classes(const char* op, const TensorSpec& true_classes, int64_t num_true) {
  if (!true_classes.present) invalid(format("%s: true_classes is missing", op));
  expect_type(op, true_classes, "true_classes", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64);
  expect_shape(op, true_classes, "true_classes", "[batch, num_true]", {-1, num_true});
}

void copy_true_classes(const char* op, const InputTensor& true_classes, int64_t num_true, int64_t range_max,
                       int64_t* copy) {
  const int64_t count = true_classes.spec.dim(0) * num_true;
  std::copy_n(true_classes.as<int64_t>(), count, copy);
  for (int64_t at = 0; at < count; ++at) {
    if (copy[at] < 0 || copy[at] >= range_max) {
      invalid(format("%s: true_classes[%lld,%lld] = %lld is outside [0, %lld)", op, printable(at / num_true),
                     printable(at % num_true), printable(copy[at]), printable(range_max)));
    }
  }
}

}  // namespace ortnce::ops
