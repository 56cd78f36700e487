// FullSigmoidLoss below the glue: the loss alone, by the scan over all classes.
#pragma once

#include "measurement.h"

namespace ortnce::bench {

struct ClassShape {
  int64_t batch, dim, classes;
};

Subject full_sigmoid_loss(const ClassShape& shape);

}  // namespace ortnce::bench
