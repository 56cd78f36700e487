#include "kernels/cuda/pair_kernels.cuh"

namespace ortnce::kernels::cuda {

const PairKernels kFloatFloat16Kernels = make_pair_kernels<FmaPair<float, Float16>>();

}  // namespace ortnce::kernels::cuda
