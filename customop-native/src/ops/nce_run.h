// One run of NceLoss or of its gradient on the processor: the batch laid out as a problem for the kernels.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/candidate_index.h"
#include "kernels/nce_forward.h"
#include "kernels/parallel.h"
#include "ops/activations.h"
#include "ops/nce_batch.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// Use: construct, reserve what else is needed in workspace(), allocate(), fill the sample of batch() if it
/// is not given, then problem().
class NceRun {
 public:
  /// Checks types and shapes; see NceBatch.
  NceRun(const char* op, const NceLossAttributes& attributes, std::vector<InputTensor> inputs);

  const NceBatch& batch() const { return batch_; }
  kernels::NceProblem shape() const;
  Workspace& workspace() { return workspace_; }

  /// Obtains the memory and reads the batch.
  void allocate(const RunContext& context, const OrtMemoryInfo* memory);

  /// Widens inputs that are not float and looks up the rows of labels and candidates. Valid as long as
  /// this object.
  const kernels::NceProblem& problem(kernels::Executor& executor);

  /// The type of `inputs`.
  kernels::ElementType inputs_type() const { return activations_.type(); }

 private:
  Workspace workspace_;
  NceBatch batch_;
  Activations activations_;
  size_t true_rows_, true_offsets_, sampled_rows_, sampled_offsets_, hits_;
  kernels::NceProblem problem_;
  std::optional<kernels::CandidateIndex> index_;
};

}  // namespace ortnce::ops
