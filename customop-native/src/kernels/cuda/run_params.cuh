// The parameters of kernels from a problem and what was uploaded of it.
#pragma once

#include "kernels/cuda/columns.cuh"
#include "kernels/cuda/label_logits.cuh"
#include "kernels/cuda/logits_walk.cuh"
#include "kernels/cuda/upload.h"

namespace ortnce::kernels::cuda {

/// The layer, with what was uploaded about it.
ClassLayer layer_of(const DeviceBatch& batch, const Upload& device);

/// The labels of a batch as kernels take them.
LabelParams label_params(const DeviceBatch& batch, const Upload& device);

/// The logits of a batch by `columns`. `mask`: labels take no part.
LogitsParams logits_params(const DeviceBatch& batch, const Upload& device, const Columns& columns, bool mask);

}  // namespace ortnce::kernels::cuda
