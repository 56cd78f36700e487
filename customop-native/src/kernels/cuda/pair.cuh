// Which products the kernels of a pair of types use.
#pragma once

#include <type_traits>

#include "kernels/cuda/bfloat16_slope_products.cuh"
#include "kernels/cuda/float16_slope_products.cuh"
#include "kernels/cuda/fma_products.cuh"
#include "kernels/cuda/fma_slope_products.cuh"
#include "kernels/cuda/mma_products.cuh"
#include "kernels/cuda/tf32_slope_products.cuh"

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

/// The products of slopes and rows of a type on tensor cores.
template <class Row, bool kTransposed>
struct MmaSlopeProducts;
template <bool kTransposed>
struct MmaSlopeProducts<float, kTransposed> : Tf32SlopeProducts<kTransposed> {};
template <bool kTransposed>
struct MmaSlopeProducts<Float16, kTransposed> : Float16SlopeProducts<kTransposed> {};
template <bool kTransposed>
struct MmaSlopeProducts<Bfloat16, kTransposed> : Bfloat16SlopeProducts<kTransposed> {};

/// Tensor cores where the architecture has them for the type; floats are what the caller allowed to be rounded.
template <class T>
struct MmaPair {
  using Input = T;
  using Weight = T;
  using Products = std::conditional_t<TensorCore<T>::kHere, MmaProducts<T>, FmaProducts<T, T>>;
  template <class Row, bool kTransposed>
  using SlopeProducts = std::conditional_t<TensorCore<float>::kHere, MmaSlopeProducts<Row, kTransposed>,
                                           FmaSlopeProducts<Row, kTransposed>>;
};

}  // namespace ortnce::kernels::cuda
