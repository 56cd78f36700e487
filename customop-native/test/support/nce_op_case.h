// Random inputs of NceLoss, NceLossGrad and FullSigmoidLoss as tensors, for tests that compare providers.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/element_type.h"
#include "support/op_runtime.h"

namespace ortnce::test {

struct NceOpCase {
  int64_t batch = 7, num_true = 2, num_sampled = 5, classes = 40, dim = 24;
  kernels::ElementType inputs_type = kernels::ElementType::kFloat;
  kernels::ElementType weights_type = kernels::ElementType::kFloat;
  int64_t partitions = 1;
  bool mod = false, biases = true, own_sample = false, int32_labels = false, remove_hits = false;
  bool subtract_log_q = true, ignore = false;  // some labels are kIgnored
  const char* reduction = "none";
  uint32_t seed = 1;

  static constexpr int64_t kIgnored = 3;

  OpAttributes attributes() const;

  /// In the order of NceLoss. An own sample is drawn by `step`.
  std::vector<OpTensor> loss_inputs() const;

  /// In the order of NceLossGrad; the sample is given.
  std::vector<OpTensor> grad_inputs() const;

  /// In the order of FullSigmoidLoss.
  std::vector<OpTensor> full_inputs() const;
};

/// The numbers of a tensor of any floating-point type.
std::vector<float> widened(const OpTensor& tensor);

}  // namespace ortnce::test
