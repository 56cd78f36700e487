// The ops of the domain for the CPU execution provider; cuda/cuda_ops.h has those for CUDA. The structs live
// as long as the library.
#pragma once

#include <onnxruntime_c_api.h>

#include <vector>

namespace ortnce::ops {

const OrtCustomOp* nce_loss_op();
const OrtCustomOp* nce_loss_grad_op();
const OrtCustomOp* full_sigmoid_loss_op();
const OrtCustomOp* full_sigmoid_loss_shard_op();
const OrtCustomOp* combine_full_sigmoid_loss_op();
const OrtCustomOp* top_k_classes_op();
const OrtCustomOp* accidental_hits_op();
const OrtCustomOp* deduplicate_indexed_slices_op();
const OrtCustomOp* apply_gradients_op();
const OrtCustomOp* library_info_op();

/// The five candidate samplers.
std::vector<const OrtCustomOp*> candidate_sampler_ops();

}  // namespace ortnce::ops
