// The products of inputs and the classes of a table: which block kernels form them, and of what.
#pragma once

#include "kernels/class_table.h"
#include "kernels/cpu/dispatch.h"
#include "kernels/row_products.h"

namespace ortnce::kernels {

/// Pairs of bfloat16 numbers where inputs and embeddings are such and the processor multiplies pairs; else
/// floats.
inline RowProducts class_products(const ClassTable& table, const Inputs& inputs, int64_t dim) {
  const bool pairs = cpu::active_class_pair_kernels() != nullptr && inputs.type == ElementType::kBfloat16 &&
                     holds_pairs(inputs.data, dim) && table.holds_pairs();
  return RowProducts(pairs, dim);
}

/// The kernels that form them.
inline const cpu::ClassBlockKernels& class_kernels(const RowProducts& products) {
  return products.pairs() ? *cpu::active_class_pair_kernels() : cpu::active_class_kernels();
}

}  // namespace ortnce::kernels
