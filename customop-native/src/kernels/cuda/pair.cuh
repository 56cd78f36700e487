// Which products the kernels of a pair of types use.
#pragma once

#include <type_traits>

#include "kernels/cuda/fma_products.cuh"
#include "kernels/cuda/fma_slope_products.cuh"
#include "kernels/cuda/mma_products.cuh"
#include "kernels/cuda/mma_slope_products.cuh"

namespace ortnce::kernels::cuda {

/// Float products, by fused multiply-adds.
template <class X, class W>
struct FmaPair {
  using Input = X;
  using Weight = W;
  using Products = FmaProducts<X, W>;
  template <class Row, bool kTransposed>
  using SlopeProducts = FmaSlopeProducts<Row, kTransposed>;
};

/// Tensor cores where the architecture has them for the type.
template <class T>
struct MmaPair {
  using Input = T;
  using Weight = T;
  using Products = std::conditional_t<TensorCore<T>::kHere, MmaProducts<T>, FmaProducts<T, T>>;
  /// Floats are what the caller allowed to be rounded.
  template <class Row, bool kTransposed>
  using SlopeProducts =
      std::conditional_t<TensorCore<float>::kHere, MmaSlopeProducts<Row, kTransposed, sizeof(Row) != sizeof(float)>,
                         FmaSlopeProducts<Row, kTransposed>>;
};

}  // namespace ortnce::kernels::cuda
