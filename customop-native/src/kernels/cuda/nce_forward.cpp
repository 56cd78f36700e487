#include "kernels/cuda/nce_forward.h"

#include "kernels/cuda/loss_run.h"

namespace ortnce::kernels::cuda {

bool nce_forward_bytes(const DeviceNceProblem& problem, RunBytes* bytes) {
  return LossRun(problem.batch, problem.sample, problem.sample.size).bytes(bytes);
}

Status nce_forward(const DeviceNceProblem& problem, Reduction reduction, const RunMemory& memory, Stream stream,
                   float* loss) {
  return LossRun(problem.batch, problem.sample, problem.sample.size)
      .queue(problem.mask_hits, reduction, memory, stream, loss);
}

}  // namespace ortnce::kernels::cuda
