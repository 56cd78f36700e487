#include "kernels/cuda/pair_kernels.cuh"

namespace ortnce::kernels::cuda {

const PairKernels kFloatBfloat16Kernels = make_pair_kernels<FmaPair<float, Bfloat16>>();

}  // namespace ortnce::kernels::cuda
