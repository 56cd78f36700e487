// Which products the kernels of a pair of types use.
#pragma once

#include <type_traits>

#include "kernels/cuda/fma_products.cuh"
#include "kernels/cuda/mma_products.cuh"

namespace ortnce::kernels::cuda {

/// Float products, by fused multiply-adds.
template <class X, class W>
struct FmaPair {
  using Input = X;
  using Weight = W;
  using Products = FmaProducts<X, W>;
};

/// Tensor cores where the architecture has them for the type.
template <class T>
struct MmaPair {
  using Input = T;
  using Weight = T;
  using Products = std::conditional_t<TensorCore<T>::kHere, MmaProducts<T>, FmaProducts<T, T>>;
};

}  // namespace ortnce::kernels::cuda
