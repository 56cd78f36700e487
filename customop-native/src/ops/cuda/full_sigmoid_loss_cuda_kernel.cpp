#include "ops/cuda/full_sigmoid_loss_cuda_kernel.h"

#include "kernels/cuda/full_sigmoid_loss.h"
#include "kernels/cuda/hopper/trial.h"
#include "ops/cuda/device_layer.h"
#include "ops/cuda/device_limits.h"
#include "ops/cuda/device_run.h"
#include "ops/full_sigmoid_outputs.h"
#include "ops/message.h"
#include "ops/nce_loss_node.h"

namespace ortnce::ops {
namespace {

constexpr const char* kOp = kFullSigmoidLoss;

bool has_output(const OrtKernelInfo* info, size_t index) {
  size_t count = 0, bytes = 0;
  check(api().KernelInfo_GetOutputCount(info, &count));
  if (index >= count) return false;
  // A skipped output has no name: one byte, the end of the text.
  check(api().KernelInfo_GetOutputName(info, index, nullptr, &bytes));
  return bytes > 1;
}

void check_outputs(const OrtKernelInfo* info) {
  static constexpr const char* kNames[] = {"loss", "softmax_loss", "true_ranks", "true_logits"};
  for (size_t i = FullSigmoidOutputs::kSoftmaxLoss; i <= FullSigmoidOutputs::kTrueLogits; ++i) {
    if (!has_output(info, i)) continue;
    throw Error(ORT_NOT_IMPLEMENTED,
                format("%s: the kernel for CUDA has no output but loss, the node has %s too: run it on the processor",
                       kOp, kNames[i]));
  }
}

}  // namespace

FullSigmoidLossCudaKernel::FullSigmoidLossCudaKernel(const OrtKernelInfo* info)
    : node_(info), host_memory_(cpu_memory()) {
  check_outputs(info);
  check_device_dim(kOp, declared_input(info, ClassScanInputs::kInputs).dim(1));
}

void FullSigmoidLossCudaKernel::compute(RunContext& context) {
  const RunInputs inputs(context);
  Workspace host;
  ClassScanBatch scan(kOp, node_.attributes, kFullSigmoidInputs, inputs, host);
  check_device_dim(kOp, scan.sizes().dim);
  check_device_ids(kOp, scan.labels_count(), 0);
  host.allocate(context, host_memory_.get(), kOp);
  scan.read();
  const ClassScanSizes& sizes = scan.sizes();
  float* const loss = context.output<float>(FullSigmoidOutputs::kLoss, loss_dims(node_.reduction, sizes.batch));
  if (loss == nullptr) return;

  DeviceRun run(kOp, context, ClassScanInputs::kInputs, host_memory_.get());
  const DeviceLayer layer(inputs.all(), kFullSigmoidInputs.weights, node_.attributes.partition_strategy,
                          inputs[kFullSigmoidInputs.biases]);
  kernels::cuda::DeviceBatch batch;
  batch.batch = sizes.batch;
  batch.num_true = node_.attributes.num_true;
  batch.dim = sizes.dim;
  batch.type = element_type(inputs[ClassScanInputs::kInputs].spec);
  batch.inputs = inputs[ClassScanInputs::kInputs].data;
  batch.labels = scan.labels();
  batch.counted_examples = scan.counted_examples();
  batch.classes = layer.classes();
  batch.tf32 = node_.attributes.allow_tf32 && run.session_allows_tf32();
  run.check(kernels::cuda::allow_hopper(kernels::cuda::kAllClasses, sizes.num_classes, &batch));
  kernels::cuda::RunBytes bytes;
  const bool fits = kernels::cuda::full_sigmoid_loss_bytes(batch, sizes.num_classes, &bytes);
  run.check(kernels::cuda::full_sigmoid_loss(batch, sizes.num_classes, node_.reduction, run.allocate(fits, bytes),
                                             run.stream(), loss));
}

}  // namespace ortnce::ops
