// What the kernels for CUDA do not take; checked before anything is drawn or queued.
#pragma once

#include <cstdint>

namespace ortnce::ops {

/// Throws Error unless inputs may have `dim` columns; -1 = not known yet. `op` names the op, here and below.
void check_device_dim(const char* op, int64_t dim);

/// Throws Error unless a run may have so many labels and candidates.
void check_device_ids(const char* op, int64_t labels, int64_t candidates);

}  // namespace ortnce::ops
