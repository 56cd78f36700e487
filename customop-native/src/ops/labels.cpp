#include "ops/labels.h"

#include <algorithm>
#include <cstring>

#include "ops/message.h"

namespace ortnce::ops {
namespace {

/// Whether these labels are all classes and none is padding. Of sign bits, which every processor finds in vectors.
bool all_count(const int64_t* labels, int64_t count, const LabelAttributes& attributes, int64_t num_classes) {
  const auto last = static_cast<uint64_t>(num_classes - 1);
  const auto ignored = static_cast<uint64_t>(attributes.ignore_index.value_or(-1));
  uint64_t signs = 0;
  for (int64_t at = 0; at < count; ++at) {
    const auto label = static_cast<uint64_t>(labels[at]);
    const uint64_t from_ignored = label ^ ignored;  // 0 - x | x has no sign for 0 alone
    signs |= label | (last - label) | ~((0 - from_ignored) | from_ignored);
  }
  return static_cast<int64_t>(signs) >= 0;
}

/// Marks the padding among the labels of example i and checks the others; returns whether one counts.
bool mark_ignored(const char* op, int64_t i, int64_t* labels, const LabelAttributes& attributes, int64_t num_classes) {
  bool counted = false;
  for (int64_t j = 0; j < attributes.num_true; ++j) {
    if (attributes.ignored(labels[j])) {
      labels[j] = kernels::kIgnoredLabel;
      continue;
    }
    counted = true;
    if (labels[j] < 0 || labels[j] >= num_classes) {
      invalid(format("%s: labels[%lld,%lld] = %lld is outside [0, %lld)", op, printable(i), printable(j),
                     printable(labels[j]), printable(num_classes)));
    }
  }
  return counted;
}

}  // namespace

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
  constexpr int64_t kBlock = 2048;  // labels whose copies are checked while they are in the cache
  const int64_t num_true = attributes.num_true, block = std::max<int64_t>(kBlock / num_true, 1);
  int64_t counted_examples = 0;
  for (int64_t begin = 0; begin < batch; begin += block) {
    const int64_t end = std::min(begin + block, batch), first = begin * num_true, count = (end - begin) * num_true;
    if (input.spec.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64) {
      std::memcpy(labels + first, input.as<int64_t>() + first, static_cast<size_t>(count) * sizeof(int64_t));
    } else {
      std::copy_n(input.as<int32_t>() + first, count, labels + first);
    }
    if (all_count(labels + first, count, attributes, num_classes)) {
      counted_examples += end - begin;
    } else {
      for (int64_t i = begin; i < end; ++i) {
        counted_examples += mark_ignored(op, i, labels + i * num_true, attributes, num_classes);
      }
    }
  }
  return counted_examples;
}

}  // namespace ortnce::ops
