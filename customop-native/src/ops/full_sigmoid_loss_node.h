// What a FullSigmoidLoss node is on every provider: its attributes, and what it demands of its inputs.
#pragma once

#include "kernels/reduction.h"
#include "ops/class_scan_run.h"

namespace ortnce::ops {

inline constexpr const char* kFullSigmoidLoss = "FullSigmoidLoss";

/// Where its inputs lie.
inline constexpr ClassScanInputs kFullSigmoidInputs{std::nullopt, 2, 3};

/// Immutable; runs may be concurrent.
struct FullSigmoidLossNode {
  ClassScanAttributes attributes;
  kernels::Reduction reduction;

  /// Checks all that the graph declares. Throws Error.
  explicit FullSigmoidLossNode(const OrtKernelInfo* info)
      : attributes(kFullSigmoidLoss, Attributes(kFullSigmoidLoss, info), false),
        reduction(reduction_attribute(Attributes(kFullSigmoidLoss, info))) {
    const std::vector<TensorSpec> declared = declared_inputs(info);
    check_class_scan(kFullSigmoidLoss, attributes, kFullSigmoidInputs, pointers(declared));
  }
};

}  // namespace ortnce::ops
