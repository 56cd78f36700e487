// Update rules: included by each level's translation unit, which defines ORTNCE_LEVEL and
// ORTNCE_KERNELS. Plain loops, which the compiler turns into the instructions of that unit's flags;
// no product is fused into a sum.
#include "kernels/cpu/optimizer_block.h"

namespace ortnce::kernels::cpu {
namespace {

void sgd(const float* coefficients, const float* __restrict gradient, int64_t count,
         float* __restrict value, float* const*) {
  const float rate = coefficients[0];
  for (int64_t i = 0; i < count; ++i) value[i] -= gradient[i] * rate;
}

void momentum(const float* coefficients, const float* __restrict gradient, int64_t count,
              float* __restrict value, float* const* slots) {
  const float rate = coefficients[0], decay = coefficients[1];
  float* __restrict const m = slots[0];
  for (int64_t i = 0; i < count; ++i) {
    m[i] = m[i] * decay - gradient[i] * rate;
    value[i] += m[i];
  }
}

void nesterov(const float* coefficients, const float* __restrict gradient, int64_t count,
              float* __restrict value, float* const* slots) {
  const float rate = coefficients[0], decay = coefficients[1];
  float* __restrict const m = slots[0];
  for (int64_t i = 0; i < count; ++i) {
    const float change = gradient[i] * rate;
    m[i] = m[i] * decay - change;
    value[i] += m[i] * decay - change;
  }
}

void adagrad(const float* coefficients, const float* __restrict gradient, int64_t count,
             float* __restrict value, float* const* slots) {
  const float rate = coefficients[0], epsilon = coefficients[1];
  float* __restrict const accumulator = slots[0];
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    accumulator[i] += g * g;
    value[i] -= rate * g / __builtin_sqrtf(accumulator[i] + epsilon);
  }
}

void adam(const float* coefficients, const float* __restrict gradient, int64_t count,
          float* __restrict value, float* const* slots) {
  const float alpha = coefficients[0], rest_1 = coefficients[1], rest_2 = coefficients[2], epsilon = coefficients[3];
  float* __restrict const m = slots[0];
  float* __restrict const v = slots[1];
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    m[i] += (g - m[i]) * rest_1;
    v[i] += (g * g - v[i]) * rest_2;
    value[i] -= m[i] * alpha / (__builtin_sqrtf(v[i]) + epsilon);
  }
}

}  // namespace

const OptimizerKernels ORTNCE_KERNELS{ORTNCE_LEVEL, sgd, momentum, nesterov, adagrad, adam};

}  // namespace ortnce::kernels::cpu
