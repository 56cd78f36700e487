// Cases of sizes that networks are trained with, for tests that compare providers: the device works on many blocks
// at a time, sums are long, and a gradient takes several chunks.
#pragma once

#include <utility>

#include "support/nce_op_case.h"

namespace ortnce::test {

inline NceOpCase large_case(kernels::ElementType inputs, kernels::ElementType weights) {
  NceOpCase c;
  c.inputs_type = inputs;
  c.weights_type = weights;
  c.batch = 4099;
  c.num_sampled = 8195;
  c.classes = 50'000;
  c.dim = 512;
  c.num_true = 1;
  c.partitions = 3;
  c.remove_hits = c.ignore = true;
  return c;
}

inline constexpr std::pair<kernels::ElementType, kernels::ElementType> kLargeTypes[] = {
    {kernels::ElementType::kBfloat16, kernels::ElementType::kBfloat16},
    {kernels::ElementType::kFloat16, kernels::ElementType::kFloat16},
    {kernels::ElementType::kFloat, kernels::ElementType::kFloat},
    {kernels::ElementType::kFloat, kernels::ElementType::kBfloat16},
};

}  // namespace ortnce::test
