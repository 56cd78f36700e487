#include "ops/cuda/device_nce_run.h"

namespace ortnce::ops {

DeviceNceRun::DeviceNceRun(const NceBatch& batch, bool session_allows_tf32)
    : layer_(batch.inputs(), NceLossInput::kWeights, batch.attributes().partition_strategy,
             batch.inputs()[NceLossInput::kBiases]) {
  const NceLossAttributes& attributes = batch.attributes();
  const InputTensor& inputs = batch.inputs()[NceLossInput::kInputs];
  problem_.batch.batch = batch.sizes().batch;
  problem_.batch.num_true = attributes.num_true;
  problem_.batch.dim = batch.sizes().dim;
  problem_.batch.type = element_type(inputs.spec);
  problem_.batch.inputs = inputs.data;
  problem_.batch.labels = batch.labels();
  problem_.batch.counted_examples = batch.counted_examples();
  problem_.batch.classes = layer_.classes();
  problem_.batch.tf32 = attributes.allow_tf32 && session_allows_tf32;
  const NceSample sample = batch.sample();
  problem_.sample.size = batch.sizes().num_sampled;
  problem_.sample.candidates = sample.candidates;
  if (attributes.subtract_log_q) {
    problem_.sample.true_counts = sample.true_count;
    problem_.sample.sampled_counts = sample.sampled_count;
  }
  problem_.mask_hits = attributes.remove_accidental_hits;
}

}  // namespace ortnce::ops
