// The ops of the domain for the CPU execution provider, made for one runtime; cuda/cuda_ops.h has those for
// CUDA.
#pragma once

#include <onnxruntime_c_api.h>

#include <memory>
#include <vector>

namespace ortnce::ops {

using OpOfRuntime = std::shared_ptr<const OrtCustomOp>;

OpOfRuntime nce_loss_op(const OrtApi& runtime_api);
OpOfRuntime nce_loss_grad_op(const OrtApi& runtime_api);
OpOfRuntime full_sigmoid_loss_op(const OrtApi& runtime_api);
OpOfRuntime full_sigmoid_loss_shard_op(const OrtApi& runtime_api);
OpOfRuntime combine_full_sigmoid_loss_op(const OrtApi& runtime_api);
OpOfRuntime top_k_classes_op(const OrtApi& runtime_api);
OpOfRuntime accidental_hits_op(const OrtApi& runtime_api);
OpOfRuntime deduplicate_indexed_slices_op(const OrtApi& runtime_api);
OpOfRuntime apply_gradients_op(const OrtApi& runtime_api);
OpOfRuntime library_info_op(const OrtApi& runtime_api);

/// The five candidate samplers.
std::vector<OpOfRuntime> candidate_sampler_ops(const OrtApi& runtime_api);

}  // namespace ortnce::ops
