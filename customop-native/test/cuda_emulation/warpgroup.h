// The functions of kernels/cuda/hopper/warpgroup.cuh on a processor.
//
// Products are formed when they are called for, and sums get into registers, full of NaN until then, at the wait, which
// ends when no other thread can go on. Operands count as read until the wait for their group: a copy that sets out for
// them before is a finding. Roundings are those of tensor_core.h. Not modelled: fences, registers given and taken.
#pragma once

#include "cuda_emulation/device.h"

namespace ortnce::kernels::cuda {

template <int kCount>
void give_registers() {}
template <int kCount>
void take_registers() {}

inline void begin_products() {}
void multiply_add_async(Float16, GroupSums& sums, const void* a, const void* b, bool add);
void multiply_add_async(Bfloat16, GroupSums& sums, const void* a, const void* b, bool add);
void commit_products();
void wait_groups(int pending);
template <int kPending>
void wait_operands() {
  wait_groups(kPending);
}
void wait_products(GroupSums& sums);

}  // namespace ortnce::kernels::cuda
