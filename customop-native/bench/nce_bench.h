// NceLoss and NceLossGrad below the glue: nce_forward and nce_backward with the sums by class.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/element_type.h"
#include "measurement.h"

namespace ortnce::bench {

struct NceShape {
  int64_t batch, dim, num_sampled, classes, num_true;
  kernels::ElementType inputs = kernels::ElementType::kFloat, weights = kernels::ElementType::kFloat;
};

std::string describe(const NceShape& shape);

/// nce_forward, after inputs that are halves are widened. Labels and candidates are spread over a table of
/// [classes, dim].
Subject nce_loss(const NceShape& shape);

/// nce_backward with losses, then sum_by_class: all that NceLossGrad does with numbers.
Subject nce_loss_and_gradient(const NceShape& shape);

}  // namespace ortnce::bench
