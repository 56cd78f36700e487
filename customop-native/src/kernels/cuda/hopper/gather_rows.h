// Copies rows that lie anywhere side by side, where the copy engine reads boxes of them.
#pragma once

#include <cstdint>

#include "kernels/cuda/status.h"

namespace ortnce::kernels::cuda {

struct GatherParams {
  const void* const* from;  // [count] rows at multiples of 16 bytes
  int64_t count;
  int64_t chunks;  // of 16 bytes a row
  void* to;        // [count] rows side by side
};

/// Queues copies of rows.
Status queue_gather(const GatherParams& params, Stream stream);

}  // namespace ortnce::kernels::cuda
