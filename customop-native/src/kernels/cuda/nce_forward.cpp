#include "kernels/cuda/nce_forward.h"

#include "kernels/cuda/loss_run.h"

namespace ortnce::kernels::cuda {
namespace {

Sample sample_of(const DeviceNceProblem& p) {
  return {false, p.num_sampled, p.candidates, p.true_counts, p.sampled_counts};
}

}  // namespace

bool nce_forward_bytes(const DeviceNceProblem& problem, RunBytes* bytes) {
  const Sample sample = sample_of(problem);
  return LossRun(problem.batch, sample, problem.num_sampled).bytes(bytes);
}

Status nce_forward(const DeviceNceProblem& problem, Reduction reduction, const RunMemory& memory, Stream stream,
                   float* loss) {
  const Sample sample = sample_of(problem);
  return LossRun(problem.batch, sample, problem.num_sampled).queue(problem.mask_hits, reduction, memory, stream, loss);
}

}  // namespace ortnce::kernels::cuda
