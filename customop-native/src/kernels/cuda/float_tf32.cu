#include "kernels/cuda/pair_kernels.cuh"

namespace ortnce::kernels::cuda {

const PairKernels kTf32Kernels = make_pair_kernels<MmaPair<float>>();

}  // namespace ortnce::kernels::cuda
