#include "kernels/cuda/run_params.cuh"

#include "kernels/cuda/pair_kernels.h"

namespace ortnce::kernels::cuda {

const PairKernels& kernels_of(ElementType inputs, ElementType weights, bool tf32) {
  if (inputs == ElementType::kFloat16) return kFloat16Kernels;
  if (inputs == ElementType::kBfloat16) return kBfloat16Kernels;
  if (weights == ElementType::kFloat16) return kFloatFloat16Kernels;
  if (weights == ElementType::kBfloat16) return kFloatBfloat16Kernels;
  return tf32 ? kTf32Kernels : kFloatKernels;
}

ClassLayer layer_of(const DeviceBatch& batch, const Upload& device) {
  const DeviceClasses& classes = batch.classes;
  return {static_cast<const unsigned char*>(classes.partitions[0]),
          device.partitions,
          device.ends,
          classes.num_partitions,
          classes.strategy == PartitionStrategy::kMod,
          batch.dim * element_bytes(classes.type),
          classes.biases};
}

LabelParams label_params(const DeviceBatch& batch, const Upload& device) {
  return {batch.inputs,
          batch.dim,
          inputs_aligned(batch) && rows_aligned(batch),
          {device.labels, batch.batch, batch.num_true},
          device.true_counts,
          layer_of(batch, device)};
}

LogitsParams logits_params(const DeviceBatch& batch, const Upload& device, const Columns& columns, bool mask) {
  const ColumnPlan plan(batch.batch, columns.count);
  return {static_cast<const unsigned char*>(batch.inputs),
          batch.batch,
          static_cast<int>(batch.dim),
          inputs_aligned(batch),
          rows_aligned(batch),
          {mask ? device.labels : nullptr, batch.batch, batch.num_true},
          columns,
          plan.slice_tiles};
}

}  // namespace ortnce::kernels::cuda
