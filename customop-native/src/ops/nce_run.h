// One run of NceLoss or of its gradient: the inputs checked and laid out as a problem for the kernels.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/candidate_index.h"
#include "kernels/nce_forward.h"
#include "kernels/parallel.h"
#include "ops/activations.h"
#include "ops/nce_loss_contract.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// The candidates of one run and how often they and the labels were expected.
struct NceSample {
  int64_t* candidates;   // [S]
  float* true_count;     // [B, T]
  float* sampled_count;  // [S]
};

/// Use: construct, reserve what else is needed in workspace(), allocate(), fill sample() if the
/// sample is not given, then problem().
class NceRun {
 public:
  /// Checks types and shapes. `inputs` are in the order of NceLoss; `op` names the op in errors.
  NceRun(const char* op, const NceLossAttributes& attributes, std::vector<InputTensor> inputs);

  const NceLossSizes& sizes() const { return sizes_; }
  kernels::NceProblem shape() const;
  Workspace& workspace() { return workspace_; }

  /// Obtains the memory, copies labels and given sample, and checks the copies, which are what the
  /// run uses.
  void allocate(const RunContext& context, const OrtMemoryInfo* memory);

  const int64_t* labels() const { return workspace_.at<int64_t>(labels_); }
  NceSample sample() const;
  bool ignored(int64_t label) const { return attributes_.ignored(label); }

  /// The number of examples with a counted label.
  int64_t counted_examples() const { return counted_examples_; }

  /// Widens inputs that are not float and looks up the rows of labels and candidates. Valid as long as
  /// this object.
  const kernels::NceProblem& problem(kernels::Executor& executor);

  /// The type of `inputs`.
  kernels::ElementType inputs_type() const { return activations_.type(); }

 private:
  void read_sample() const;
  int64_t labels_count() const { return sizes_.batch * attributes_.num_true; }

  const char* op_;
  const NceLossAttributes& attributes_;
  std::vector<InputTensor> inputs_;
  NceLossSizes sizes_;
  Workspace workspace_;
  Activations activations_;
  size_t labels_, true_rows_, true_offsets_, sampled_rows_, sampled_offsets_, hits_;
  size_t candidates_, true_count_, sampled_count_;
  int64_t counted_examples_ = 0;
  kernels::NceProblem problem_;
  std::optional<kernels::CandidateIndex> index_;
};

}  // namespace ortnce::ops
