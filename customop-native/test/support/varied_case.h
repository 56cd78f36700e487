// A case of both providers for every number.
#pragma once

#include <utility>

#include "support/nce_op_case.h"

namespace ortnce::test {

/// All pairs of types, and the options in changing company.
inline NceOpCase varied_case(uint32_t number) {
  using kernels::ElementType;
  constexpr ElementType kF = ElementType::kFloat, kH = ElementType::kFloat16, kB = ElementType::kBfloat16;
  constexpr std::pair<ElementType, ElementType> kTypes[] = {{kF, kF}, {kH, kH}, {kB, kB}, {kF, kH}, {kF, kB}};
  constexpr int64_t kDims[] = {1, 8, 24, 33, 128};
  constexpr const char* kReductions[] = {"none", "mean", "sum"};
  NceOpCase c;
  c.inputs_type = kTypes[number % 5].first;
  c.weights_type = kTypes[number % 5].second;
  c.dim = kDims[number / 5 % 5];
  c.batch = 1 + number * 7 % 40;
  c.num_true = 1 + number % 3;
  c.num_sampled = 1 + number * 5 % 30;
  c.classes = 31 + number % 60;
  c.partitions = 1 + number % 4;
  c.mod = number % 2 == 1;
  c.biases = number % 7 != 0;
  c.own_sample = number % 3 == 0;
  c.int32_labels = number % 11 == 0;
  c.remove_hits = number % 2 == 0;
  c.subtract_log_q = number % 5 != 2;
  c.ignore = number % 4 == 1;
  c.reduction = kReductions[number / 2 % 3];
  c.seed = number + 1;
  return c;
}

}  // namespace ortnce::test
