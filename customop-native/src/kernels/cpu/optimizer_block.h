// The update rules of optimizers, compiled once per instruction set.
#pragma once

#include <cstdint>

namespace ortnce::kernels::cpu {

/// Updates `count` neighbouring elements of a parameter and of its slots by their gradient. Element
/// by element, operation by operation in float: every level gives the same bits.
using OptimizerUpdate = void (*)(const float* coefficients, const float* gradient, int64_t count, float* value,
                                 float* const* slots);

/// The rules of one instruction-set level; optimizer_step.h has the formulas.
struct OptimizerKernels {
  const char* level;
  OptimizerUpdate sgd, momentum, nesterov, adagrad, adam;
};

extern const OptimizerKernels kBaselineOptimizerKernels;
#ifdef __x86_64__
extern const OptimizerKernels kAvx2OptimizerKernels;
extern const OptimizerKernels kAvx512OptimizerKernels;
#endif

}  // namespace ortnce::kernels::cpu
