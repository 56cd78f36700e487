#include "kernels/cuda/hopper/loss_run.h"

#include "kernels/cuda/hopper/gather_rows.h"
#include "kernels/cuda/hopper/loss_sums.h"

namespace ortnce::kernels::cuda {
namespace {

/// Bytes of gathered rows that a run may take.
constexpr int64_t kMostGathered = int64_t{64} << 20;

bool rows_in_one_matrix(const DeviceBatch& batch, const Sample& sample) {
  if (sample.all_classes) return batch.classes.num_partitions == 1;
  return sample.size <= kMostGathered / (batch.dim * element_bytes(batch.classes.type));
}

}  // namespace

bool hopper_takes(const DeviceBatch& batch, const Sample& sample, int64_t columns) {
  if (batch.hopper == HopperKernels::kNever || batch.type == ElementType::kFloat) return false;
  if (batch.batch == 0 || columns == 0 || batch.dim == 0) return false;
  if (batch.batch > INT32_MAX - kHopperExamples || columns > INT32_MAX - kHopperColumns) return false;
  if (!inputs_aligned(batch) || !rows_aligned(batch) || !rows_in_one_matrix(batch, sample)) return false;
  return batch.hopper == HopperKernels::kWherePossible || HopperPlan(batch.batch, columns).fills_device();
}

HopperPlan hopper_plan(const DeviceBatch& batch, int64_t columns) {
  if (batch.hopper == HopperKernels::kWherePossible) return HopperPlan(batch.batch, columns, 2);
  return HopperPlan(batch.batch, columns);
}

Status queue_hopper_sums(const DeviceBatch& batch, const LogitsParams& logits, void* gathered, double* sums,
                         Stream stream) {
  const Columns& columns = logits.columns;
  const HopperPlan plan = hopper_plan(batch, columns.count);
  HopperLossParams params{};
  params.batch = batch.batch;
  params.dim = logits.dim;
  params.masked = logits.masked;
  params.columns = columns;
  params.slice_tiles = plan.slice_tiles;
  params.sums = sums;
  Status status;
  const void* rows = batch.classes.partitions[0];
  if (columns.rows != nullptr) {
    rows = gathered;
    status = queue_gather({columns.rows, columns.count, columns.layer.row_bytes / 16, gathered}, stream);
  }
  if (status.ok()) {
    status = make_tensor_map({batch.type, batch.inputs, batch.batch, batch.dim}, kHopperExamples, &params.examples);
  }
  if (status.ok()) status = make_tensor_map({batch.type, rows, columns.count, batch.dim}, kHopperColumns, &params.rows);
  if (status.ok()) status = queue_hopper_loss_sums(batch.type, params, plan.slices, stream);
  return status;
}

}  // namespace ortnce::kernels::cuda
