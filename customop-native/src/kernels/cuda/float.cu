#include "kernels/cuda/pair_kernels.cuh"

namespace ortnce::kernels::cuda {

const PairKernels kFloatKernels = make_pair_kernels<FmaPair<float, float>>();

}  // namespace ortnce::kernels::cuda
