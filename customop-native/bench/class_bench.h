// FullSigmoidLoss below the glue: the loss alone, by the scan over all classes.
#pragma once

#include <cstdint>
#include <string>

#include "measurement.h"

namespace ortnce::bench {

struct ClassShape {
  int64_t batch, dim, classes;
};

std::string describe(const ClassShape& shape);

Subject full_sigmoid_loss(const ClassShape& shape);

}  // namespace ortnce::bench
