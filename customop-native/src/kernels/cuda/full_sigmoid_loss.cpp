#include "kernels/cuda/full_sigmoid_loss.h"

#include "kernels/cuda/loss_run.h"

namespace ortnce::kernels::cuda {

bool full_sigmoid_loss_bytes(const DeviceBatch& batch, int64_t num_classes, RunBytes* bytes) {
  return LossRun(batch, kAllClasses, num_classes).bytes(bytes);
}

Status full_sigmoid_loss(const DeviceBatch& batch, int64_t num_classes, Reduction reduction, const RunMemory& memory,
                         Stream stream, float* loss) {
  return LossRun(batch, kAllClasses, num_classes).queue(true, reduction, memory, stream, loss);
}

}  // namespace ortnce::kernels::cuda
