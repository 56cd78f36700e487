// The input `inputs` of an op, of any number type, as the floats that kernels compute with.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/conversion.h"
#include "ops/run_context.h"

namespace ortnce::ops {

class Activations {
 public:
  /// Reserves the room that an input [batch, dim] which is not float needs.
  Activations(const InputTensor& input, int64_t batch, int64_t dim, Workspace& workspace)
      : data_(input.data), type_(element_type(input.spec)), count_(batch * dim) {
    room_ = workspace.reserve<float>(type_ == kernels::ElementType::kFloat ? 0 : count_);
  }

  /// The numbers where they lie, or widened into the room in `workspace`, which has been allocated.
  const float* floats(const Workspace& workspace, kernels::Executor& executor) const {
    if (type_ == kernels::ElementType::kFloat) return static_cast<const float*>(data_);
    float* const widened = workspace.at<float>(room_);
    kernels::widen(type_, data_, count_, widened, executor);
    return widened;
  }

  /// The numbers where they lie if they are bfloat16, else null.
  const void* bfloat16() const { return type_ == kernels::ElementType::kBfloat16 ? data_ : nullptr; }

  kernels::ElementType type() const { return type_; }

 private:
  const void* data_;
  kernels::ElementType type_;
  int64_t count_;
  size_t room_;
};

}  // namespace ortnce::ops
