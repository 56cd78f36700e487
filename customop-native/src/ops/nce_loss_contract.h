// What NceLoss and its gradient demand of their attributes and inputs.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/reduction.h"
#include "ops/attributes.h"
#include "ops/labels.h"
#include "ops/output_layer.h"
#include "ops/tensor_spec.h"

namespace ortnce::ops {

/// The attributes of a node, checked.
struct NceLossAttributes : OutputLayerAttributes, LabelAttributes {
  std::optional<int64_t> num_sampled;
  bool remove_accidental_hits;
  bool subtract_log_q;
  kernels::Reduction reduction;
  int64_t seed, seed2;

  /// `op` names the op in errors, here and below.
  NceLossAttributes(const char* op, const Attributes& attributes);
};

/// The inputs in their order; the weights are all inputs from kWeights on.
struct NceLossInput {
  enum Index : size_t {
    kInputs,
    kLabels,
    kBiases,
    kSampledCandidates,
    kTrueExpectedCount,
    kSampledExpectedCount,
    kStep,
    kWeights,
  };
};

/// The sizes of a problem; -1 = not known before it runs.
struct NceLossSizes {
  int64_t batch;
  int64_t dim;
  int64_t num_classes;
  int64_t num_sampled;
  bool own_sample;  // the op draws the candidates itself
};

/// Checks types and shapes as far as they are known and returns the sizes. At creation
/// (`declared` inputs) and in every run the same rules hold; a run knows every shape.
/// Throws Error naming argument, found and expected.
NceLossSizes check_nce_loss(const char* op, const NceLossAttributes& attributes,
                            const std::vector<const TensorSpec*>& inputs);

}  // namespace ortnce::ops
