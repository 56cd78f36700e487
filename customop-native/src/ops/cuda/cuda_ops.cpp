#include "ops/cuda/cuda_ops.h"

#include "ops/cuda/full_sigmoid_loss_cuda_kernel.h"
#include "ops/cuda/nce_loss_cuda_kernel.h"
#include "ops/cuda/nce_loss_grad_cuda_kernel.h"
#include "ops/signatures.h"

namespace ortnce::ops {
namespace {

/// Ids, counts and step are small, and are checked before anything is queued.
Placement placement(std::vector<size_t> host_inputs) { return {kCudaProvider, std::move(host_inputs)}; }

}  // namespace

std::vector<OpOfRuntime> cuda_ops(const OrtApi& runtime_api) {
  using In = NceLossInput;
  return {
      op_of_runtime<NceLossCudaKernel>(runtime_api, nce_loss_signature(),
                                       placement({In::kLabels, In::kSampledCandidates, In::kTrueExpectedCount,
                                                  In::kSampledExpectedCount, In::kStep})),
      // loss_grad comes first, step is missing.
      op_of_runtime<NceLossGradCudaKernel>(
          runtime_api, nce_loss_grad_signature(),
          placement({In::kLabels + 1, In::kSampledCandidates + 1, In::kTrueExpectedCount + 1,
                     In::kSampledExpectedCount + 1})),
      op_of_runtime<FullSigmoidLossCudaKernel>(runtime_api, full_sigmoid_loss_signature(),
                                               placement({ClassScanInputs::kLabels})),
  };
}

}  // namespace ortnce::ops
