// When and how a loss runs on the kernels of compute capability 9.0.
#pragma once

#include "kernels/cuda/hopper/hopper_plan.h"
#include "kernels/cuda/logits_walk.cuh"
#include "kernels/cuda/upload.h"

namespace ortnce::kernels::cuda {

/// Whether they take the sums over the columns: of a half type, rows that the copy engine can read, and by
/// batch.hopper.
bool hopper_takes(const DeviceBatch& batch, const Sample& sample, int64_t columns);

/// The plan of a batch that they take.
HopperPlan hopper_plan(const DeviceBatch& batch, int64_t columns);

/// Queues the sums of softplus of a batch that they take, [slices of its plan, B]. Sampled rows are gathered into
/// `gathered`, [S, D].
Status queue_hopper_sums(const DeviceBatch& batch, const LogitsParams& logits, void* gathered, double* sums,
                         Stream stream);

}  // namespace ortnce::kernels::cuda
