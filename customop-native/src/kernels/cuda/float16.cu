#include "kernels/cuda/pair_kernels.cuh"

namespace ortnce::kernels::cuda {

const PairKernels kFloat16Kernels = make_pair_kernels<MmaPair<Float16>>();

}  // namespace ortnce::kernels::cuda
