// What the candidate samplers demand of their attributes and inputs.
#pragma once

#include <cstdint>
#include <vector>

#include "ops/attributes.h"
#include "ops/run_context.h"
#include "ops/tensor_spec.h"

namespace ortnce::ops {

/// The attributes all samplers have, checked.
struct SamplerAttributes {
  int64_t num_true;
  int64_t num_sampled;
  bool unique;
  int64_t range_max;
  int64_t seed, seed2;

  /// `op` names the op in errors. Without `has_range_max` the range is num_sampled, all of it drawn.
  SamplerAttributes(const char* op, const Attributes& attributes, bool has_range_max);
};

/// Checks type and shape of true_classes, [batch, num_true], as far as they are known.
void check_true_classes(const char* op, const TensorSpec& true_classes, int64_t num_true);

/// Copies true_classes to `copy` and checks the copy: every class in [0, range_max).
void copy_true_classes(const char* op, const InputTensor& true_classes, int64_t num_true, int64_t range_max,
                       int64_t* copy);

}  // namespace ortnce::ops
