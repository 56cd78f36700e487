// One step of an optimizer over parameters whose gradients are dense or IndexedSlices: Keras's formulas
// (tf.keras.optimizers), applied lazily: rows without a gradient stay as they are.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/parallel.h"

namespace ortnce::kernels {

/// An update rule. With g the gradient, w the parameter, and slots and coefficients in the order
/// of their names:
///
///   rule      slots  coefficients                                update
///   sgd              rate                                        w -= g rate
///   momentum  m      rate, momentum                              m = m momentum - g rate; w += m
///   nesterov  m      rate, momentum                              m = m momentum - g rate; w += m momentum - g rate
///   adagrad   a      rate, epsilon                               a += g^2; w -= rate g / sqrt(a + epsilon)
///   adam      m, v   alpha, 1 - beta_1, 1 - beta_2, epsilon      m += (g - m) (1 - beta_1); v += (g^2 - v) (1 - beta_2);
///                                                                w -= m alpha / (sqrt(v) + epsilon)
enum class OptimizerRule { kSgd, kMomentum, kNesterov, kAdagrad, kAdam };

int64_t slot_count(OptimizerRule rule);
int64_t coefficient_count(OptimizerRule rule);

inline constexpr int64_t kMostSlots = 2;

/// A parameter and its gradient. A row is everything after the first dimension.
struct ParameterUpdate {
  float* value = nullptr;               // [rows, row_size]
  float* slots[kMostSlots] = {};        // [rows, row_size] each
  const float* gradient = nullptr;      // [count, row_size]
  const int64_t* row_ids = nullptr;     // [count] different rows; null: the rows 0, 1, ... count - 1
  int64_t count = 0;
  int64_t row_size = 0;
};

/// Updates all parameters in place. Every element is computed by itself: the result does not depend on
/// how `executor` spreads the work, nor on the instruction set.
void apply_gradients(OptimizerRule rule, const float* coefficients, const std::vector<ParameterUpdate>& updates,
                     Executor& executor);

}  // namespace ortnce::kernels
