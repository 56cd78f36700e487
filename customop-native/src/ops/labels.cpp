#include "ops/labels.h"

#include <algorithm>
#include <cstring>

#include "ops/message.h"

namespace ortnce::ops {

LabelAttributes::LabelAttributes(const char* op, const Attributes& attributes)
    : num_true(attributes.integer("num_true", 1)), ignore_index(attributes.integer("ignore_index")) {
  if (num_true < 1) invalid(format("%s: num_true must be >= 1, got %lld", op, printable(num_true)));
}

kernels::Reduction reduction_attribute(const Attributes& attributes) {
  static_assert(static_cast<int>(kernels::Reduction::kMean) == 1 && static_cast<int>(kernels::Reduction::kSum) == 2,
                "the order of the names below");
  return static_cast<kernels::Reduction>(attributes.choice("reduction", {"none", "mean", "sum"}));
}

std::vector<int64_t> loss_dims(kernels::Reduction reduction, int64_t batch) {
  if (reduction == kernels::Reduction::kNone) return {batch};
  return {};
}

int64_t read_labels(const char* op, const InputTensor& input, int64_t batch, const LabelAttributes& attributes,
                    int64_t num_classes, int64_t* labels) {
  const int64_t num_true = attributes.num_true, count = batch * num_true;
  if (input.spec.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64) {
    if (count > 0) std::memcpy(labels, input.data, static_cast<size_t>(count) * sizeof(int64_t));
  } else {
    std::copy_n(input.as<int32_t>(), count, labels);
  }
  int64_t counted_examples = 0;
  for (int64_t i = 0; i < batch; ++i) {
    bool counted = false;
    for (int64_t j = 0; j < num_true; ++j) {
      int64_t& label = labels[i * num_true + j];
      if (attributes.ignored(label)) {
        label = kernels::kIgnoredLabel;
        continue;
      }
      counted = true;
      if (label < 0 || label >= num_classes) {
        invalid(format("%s: labels[%lld,%lld] = %lld is outside [0, %lld)", op, printable(i), printable(j),
                       printable(label), printable(num_classes)));
      }
    }
    counted_examples += counted;
  }
  return counted_examples;
}

}  // namespace ortnce::ops
