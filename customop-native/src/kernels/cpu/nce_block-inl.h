// The block kernels of one instruction-set level. The including unit defines ORTNCE_LANES, ORTNCE_ROWS
// and ORTNCE_VECTORS (examples of a register tile, and vectors of its candidates), ORTNCE_LEVEL (name)
// and ORTNCE_KERNELS (variable).
#pragma once

#include "kernels/cpu/log-inl.h"
#include "kernels/cpu/products-inl.h"
#include "kernels/cpu/sampled_terms-inl.h"
#include "kernels/cpu/true_terms-inl.h"

namespace ortnce::kernels::cpu {
namespace {

void softplus_array(const float* x, int64_t count, float* out) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const int64_t n = count - i < kLanes ? count - i : kLanes;
    float lanes[kLanes] = {};
    for (int64_t lane = 0; lane < n; ++lane) lanes[lane] = x[i + lane];
    store(lanes, softplus(load(lanes)));
    for (int64_t lane = 0; lane < n; ++lane) out[i + lane] = lanes[lane];
  }
}

}  // namespace

const NceBlockKernels ORTNCE_KERNELS = {
    ORTNCE_LEVEL,     kLanes,          kWidth,          kGroupPanels,    kRows,      &pack_panel,
    &sampled_sums,    &true_sums,      &sampled_slopes, &true_gradients, &pack_rows, &add_products,
    &add_column_sums, &set_scaled_row, &add_scaled_row<float>, &subtract_logs, &softplus_array,
};

}  // namespace ortnce::kernels::cpu
