#include "kernels/cuda/pair_kernels.cuh"

namespace ortnce::kernels::cuda {

const PairKernels kBfloat16Kernels = make_pair_kernels<MmaPair<Bfloat16>>();

}  // namespace ortnce::kernels::cuda
