// The output layer of a run, on a device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/cuda/device_problem.h"
#include "ops/output_layer.h"
#include "ops/run_context.h"

namespace ortnce::ops {

/// The addresses and sizes of the partitions, which are the inputs from `first` on.
class DeviceLayer {
 public:
  DeviceLayer(const std::vector<InputTensor>& inputs, size_t first, kernels::PartitionStrategy strategy,
              const InputTensor& biases)
      : type_(element_type(inputs[first].spec)), strategy_(strategy), biases_(biases.data) {
    for (size_t i = first; i < inputs.size(); ++i) {
      partitions_.push_back(inputs[i].data);
      rows_.push_back(inputs[i].spec.dim(0));
    }
  }

  /// Valid as long as this object.
  kernels::cuda::DeviceClasses classes() const {
    return {type_,         strategy_, static_cast<int64_t>(rows_.size()), partitions_.data(), rows_.data(),
            biases_};
  }

 private:
  kernels::ElementType type_;
  kernels::PartitionStrategy strategy_;
  const void* biases_;
  std::vector<const void*> partitions_;
  std::vector<int64_t> rows_;
};

}  // namespace ortnce::ops
