// One run of NceLoss or of its gradient on the host, whatever the provider: shapes, labels and sample,
// checked.
#pragma once

#include <cstdint>
#include <vector>

#include "ops/nce_loss_contract.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// The candidates of one run and how often they and the labels were expected.
struct NceSample {
  int64_t* candidates;   // [S]
  float* true_count;     // [B, T]
  float* sampled_count;  // [S]
};

/// Use: construct, allocate the workspace, read(), fill sample() if the sample is not given.
class NceBatch {
 public:
  /// Checks types and shapes and reserves room. `inputs` are in the order of NceLoss, `op` names the op in
  /// errors; of the values, labels, sample and step alone are read, which lie in host memory.
  NceBatch(const char* op, const NceLossAttributes& attributes, std::vector<InputTensor> inputs, Workspace& workspace);

  /// Copies labels and given sample, and checks the copies, which are what the run uses.
  void read();

  const char* op() const { return op_; }
  const NceLossAttributes& attributes() const { return attributes_; }
  const std::vector<InputTensor>& inputs() const { return inputs_; }
  const NceLossSizes& sizes() const { return sizes_; }
  int64_t labels_count() const { return labels_count_; }

  /// After read(): class ids or kIgnoredLabel.
  int64_t* labels() const { return workspace_.at<int64_t>(labels_); }
  NceSample sample() const;

  /// The number of examples with a counted label.
  int64_t counted_examples() const { return counted_examples_; }

 private:
  void read_sample() const;

  const char* op_;
  const NceLossAttributes& attributes_;
  std::vector<InputTensor> inputs_;
  NceLossSizes sizes_;
  int64_t labels_count_;
  Workspace& workspace_;
  size_t labels_, candidates_, true_count_, sampled_count_;
  int64_t counted_examples_ = 0;
};

}  // namespace ortnce::ops
