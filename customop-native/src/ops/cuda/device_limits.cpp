#include "ops/cuda/device_limits.h"

#include "kernels/cuda/device_problem.h"
#include "ops/message.h"

namespace ortnce::ops {

using kernels::cuda::kMostDim;
using kernels::cuda::kMostIds;

void check_device_dim(const char* op, int64_t dim) {
  if (dim <= kMostDim) return;
  throw Error(ORT_NOT_IMPLEMENTED,
              format("%s: inputs must have at most %lld columns in the kernel for CUDA, got %lld: run it on the "
                     "processor",
                     op, printable(kMostDim), printable(dim)));
}

void check_device_ids(const char* op, int64_t labels, int64_t candidates) {
  if (labels <= kMostIds && candidates <= kMostIds - labels) return;
  throw Error(ORT_NOT_IMPLEMENTED,
              format("%s: labels and sampled_candidates must have at most %lld elements together in the kernel for "
                     "CUDA, got %lld and %lld: run it on the processor",
                     op, printable(kMostIds), printable(labels), printable(candidates)));
}

}  // namespace ortnce::ops
