#include "kernels/cuda/hopper/tensor_map.h"

#ifdef __CUDACC__
#include <cudaTypedefs.h>
#endif

namespace ortnce::kernels::cuda {

#ifdef __CUDACC__
namespace {

constexpr const char* kName = "cuTensorMapEncodeTiled";

/// A function of the driver, which the library does not link: it loads where no driver is.
Status find_encode(PFN_cuTensorMapEncodeTiled_v12000* encode) {
  void* found = nullptr;
  cudaDriverEntryPointQueryResult result{};
#if CUDART_VERSION >= 12050
  const cudaError_t error = cudaGetDriverEntryPointByVersion(kName, &found, 12000, cudaEnableDefault, &result);
#else
  const cudaError_t error = cudaGetDriverEntryPoint(kName, &found, cudaEnableDefault, &result);
#endif
  if (error != cudaSuccess) return status_of(error, kName);
  if (result != cudaDriverEntryPointSuccess) return status_of(cudaErrorSymbolNotFound, kName);
  *encode = reinterpret_cast<PFN_cuTensorMapEncodeTiled_v12000>(found);
  return {};
}

}  // namespace

Status make_tensor_map(const RowMatrix& matrix, int box_rows, TensorMap* map) {
  PFN_cuTensorMapEncodeTiled_v12000 encode = nullptr;
  const Status status = find_encode(&encode);
  if (!status.ok()) return status;
  const CUtensorMapDataType type =
      matrix.type == ElementType::kBfloat16 ? CU_TENSOR_MAP_DATA_TYPE_BFLOAT16 : CU_TENSOR_MAP_DATA_TYPE_FLOAT16;
  const cuuint64_t size[] = {static_cast<cuuint64_t>(matrix.dim), static_cast<cuuint64_t>(matrix.rows)};
  const cuuint64_t row_bytes = size[0] * 2;
  const cuuint32_t box[] = {kTileRowBytes / 2, static_cast<cuuint32_t>(box_rows)}, steps[] = {1, 1};
  const CUresult result =
      encode(map, type, 2, const_cast<void*>(matrix.first), size, &row_bytes, box, steps, CU_TENSOR_MAP_INTERLEAVE_NONE,
             CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (result == CUDA_SUCCESS) return {};
  return {cudaErrorInvalidValue, kName, "the driver refuses the matrix"};
}
#else
Status make_tensor_map(const RowMatrix& matrix, int box_rows, TensorMap* map) {
  *map = {static_cast<const unsigned char*>(matrix.first), matrix.rows, matrix.dim * 2, box_rows};
  return map->valid() ? Status{} : Status{1, "make_tensor_map", "not what cuTensorMapEncodeTiled takes"};
}
#endif

}  // namespace ortnce::kernels::cuda
