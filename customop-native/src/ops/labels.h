// Labels as ops take them: int64 or int32 class ids, [B, T], some of which may be padding.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/labels.h"
#include "kernels/reduction.h"
#include "ops/attributes.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// The attributes about labels, checked.
struct LabelAttributes {
  int64_t num_true;
  std::optional<int64_t> ignore_index;

  /// `op` names the op in errors, here and below.
  LabelAttributes(const char* op, const Attributes& attributes);

  bool ignored(int64_t label) const { return ignore_index && label == *ignore_index; }
};

/// ONNX's attribute `reduction`.
kernels::Reduction reduction_attribute(const Attributes& attributes);

/// The shape of a loss of `batch` examples.
std::vector<int64_t> loss_dims(kernels::Reduction reduction, int64_t batch);

/// Copies the labels of a run, once, and checks the copies, [B, T], which are what the run must use:
/// they lie in [0, num_classes), or are kIgnoredLabel. Returns how many examples have one that counts.
int64_t read_labels(const char* op, const InputTensor& input, int64_t batch, const LabelAttributes& attributes,
                    int64_t num_classes, int64_t* labels);

}  // namespace ortnce::ops
