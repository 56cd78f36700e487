// FullSigmoidLoss below the glue: the loss alone, by the scan over all classes.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/element_type.h"
#include "measurement.h"

namespace ortnce::bench {

struct ClassShape {
  int64_t batch, dim, classes;
  kernels::ElementType inputs = kernels::ElementType::kFloat, weights = kernels::ElementType::kFloat;
};

std::string describe(const ClassShape& shape);

Subject full_sigmoid_loss(const ClassShape& shape);

}  // namespace ortnce::bench
