#include "kernels/cuda/loss_run.h"

#include "kernels/cuda/column_plan.h"
#include "kernels/cuda/hopper/loss_run.h"
#include "kernels/cuda/label_losses.cuh"
#include "kernels/cuda/loss_sums.cuh"
#include "kernels/cuda/losses.cuh"
#include "kernels/cuda/pair_kernels.h"
#include "kernels/cuda/run_params.cuh"

namespace ortnce::kernels::cuda {

/// What lies in device memory behind the uploaded block.
struct LossRun::Scratch {
  const void** rows;     // [S]
  float* offsets;        // [S]
  double* label_losses;  // [B]
  double* sums;          // [slices, B]
  double* block_sums;
  void* gathered;  // [S, D] of the weights' type

  Scratch(const LossRun& run, void* device, CheckedBytes* bytes) {
    rows = bytes->take<const void*>(device, run.sample_.size);
    offsets = bytes->take<float>(device, run.sample_.size);
    label_losses = bytes->take<double>(device, run.batch_.batch);
    sums = bytes->take<double>(device, run.slices_, run.batch_.batch);
    block_sums = bytes->take<double>(device, loss_blocks(run.batch_.batch));
    const int64_t row_bytes = run.batch_.dim * element_bytes(run.batch_.classes.type);
    gathered = bytes->take<unsigned char>(device, run.hopper_ ? run.sample_.size : 0, row_bytes);
  }
};

LossRun::LossRun(const DeviceBatch& batch, const Sample& sample, int64_t columns)
    : batch_(batch), sample_(sample), columns_(columns), hopper_(hopper_takes(batch, sample, columns)) {
  slices_ = hopper_ ? hopper_plan(batch, columns).slices : ColumnPlan(batch.batch, columns).slices;
}

bool LossRun::bytes(RunBytes* bytes) const {
  CheckedBytes sum;
  Upload(batch_, sample_, nullptr, &sum);
  bytes->host = sum.total();
  Scratch(*this, nullptr, &sum);
  bytes->device = sum.total();
  return sum.fits() && batch_.dim <= kMostDim;
}

Status LossRun::queue(bool mask, Reduction reduction, const RunMemory& memory, Stream stream, float* loss) const {
  CheckedBytes host_bytes, device_bytes;
  Upload(batch_, sample_, memory.host, &host_bytes).fill(batch_, sample_);
  const Upload device(batch_, sample_, memory.device, &device_bytes);
  const Scratch scratch(*this, memory.device, &device_bytes);
  Status status = copy_to_device(memory.device, memory.host, host_bytes.total(), stream);
  if (!status.ok()) return status;

  const PairKernels& kernels = kernels_of(batch_.type, batch_.classes.type, batch_.tf32);
  const bool sampled = !sample_.all_classes;
  const LabelParams labels = label_params(batch_, device);
  const CandidateParams candidates{device.candidates, device.sampled_counts, sample_.size, scratch.rows,
                                   scratch.offsets};
  status = kernels.label_losses({labels, !sampled, scratch.label_losses, candidates}, stream);
  if (!status.ok()) return status;

  status = queue_sums(mask, device, scratch, stream);
  if (!status.ok()) return status;

  const bool per_example = reduction == Reduction::kNone;
  status = combine_losses({batch_.batch, slices_, scratch.label_losses, scratch.sums, per_example ? loss : nullptr,
                           per_example ? nullptr : scratch.block_sums},
                          stream);
  if (!status.ok() || per_example) return status;
  const int64_t counted = reduction == Reduction::kMean ? batch_.counted_examples : 1;
  return reduce_blocks(
      {loss_blocks(batch_.batch), scratch.block_sums, static_cast<double>(std::max<int64_t>(counted, 1)), loss},
      stream);
}

Status LossRun::queue_sums(bool mask, const Upload& device, const Scratch& scratch, Stream stream) const {
  const bool sampled = !sample_.all_classes;
  const Columns columns{columns_, sampled ? device.candidates : nullptr, sampled ? scratch.rows : nullptr,
                        sampled ? scratch.offsets : nullptr, layer_of(batch_, device)};
  const LogitsParams logits = logits_params(batch_, device, columns, mask);
  if (hopper_) return queue_hopper_sums(batch_, logits, scratch.gathered, scratch.sums, stream);
  return kernels_of(batch_.type, batch_.classes.type, batch_.tf32).loss_sums({logits, scratch.sums}, slices_, stream);
}

}  // namespace ortnce::kernels::cuda
