#include "matrix_rate.h"

#include <dlfcn.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "device_time.h"
#include "kernels/conversion.h"

namespace ortnce::test {
namespace {

// The few declarations of cuBLAS that this needs: its headers are not on every host that builds this.
constexpr int kNoTranspose = 0, kDefaultAlgorithm = -1;
constexpr int kFloatType = 0, kBfloat16Type = 14;           // cudaDataType_t
constexpr int kComputeFloat = 68, kComputeTf32 = 77;        // cublasComputeType_t
using Create = int (*)(void**);
using SetStream = int (*)(void*, cudaStream_t);
using GemmEx = int (*)(void*, int, int, int, int, int, const void*, const void*, int, int, const void*, int, int,
                       const void*, void*, int, int, int, int);

struct Cublas {
  void* handle = nullptr;
  GemmEx gemm = nullptr;

  explicit Cublas(cudaStream_t stream) {
    void* library = nullptr;
    for (const char* name : {"libcublas.so.13", "libcublas.so.12"}) {
      if (library == nullptr) library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    }
    if (library == nullptr) return;
    const auto create = reinterpret_cast<Create>(dlsym(library, "cublasCreate_v2"));
    const auto set_stream = reinterpret_cast<SetStream>(dlsym(library, "cublasSetStream_v2"));
    const auto found = reinterpret_cast<GemmEx>(dlsym(library, "cublasGemmEx"));
    if (create == nullptr || set_stream == nullptr || found == nullptr) return;
    if (create(&handle) == 0 && set_stream(handle, stream) == 0) gemm = found;
  }
};

void* random_matrix(int64_t count, Precision precision, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> numbers(static_cast<size_t>(count));
  for (float& x : numbers) x = normal(random);
  const bool half = precision == Precision::kBfloat16;
  std::vector<uint16_t> bits(half ? numbers.size() : 0);
  if (half) kernels::narrow(numbers.data(), count, kernels::ElementType::kBfloat16, bits.data());
  const void* const host = half ? static_cast<const void*>(bits.data()) : numbers.data();
  const size_t bytes = numbers.size() * (half ? 2 : 4);
  void* device = nullptr;
  require(cudaMalloc(&device, bytes));
  require(cudaMemcpy(device, host, bytes, cudaMemcpyHostToDevice));
  return device;
}

}  // namespace

double matrix_product_ms(Precision precision, int64_t m, int64_t n, int64_t k, void* stream) {
  const auto on = static_cast<cudaStream_t>(stream);
  static const Cublas cublas(on);
  if (cublas.gemm == nullptr) return -1;
  void* const a = random_matrix(m * k, precision, 1);
  void* const b = random_matrix(k * n, precision, 2);
  void* c = nullptr;
  require(cudaMalloc(&c, static_cast<size_t>(m * n) * 4));
  const int type = precision == Precision::kBfloat16 ? kBfloat16Type : kFloatType;
  const int compute = precision == Precision::kTf32 ? kComputeTf32 : kComputeFloat;
  const float one = 1, zero = 0;
  const auto M = static_cast<int>(m), N = static_cast<int>(n), K = static_cast<int>(k);
  int failed = 0;
  const double ms = median_ms(on, [&] {
    failed |= cublas.gemm(cublas.handle, kNoTranspose, kNoTranspose, M, N, K, &one, a, type, M, b, type, K, &zero, c,
                          kFloatType, M, compute, kDefaultAlgorithm);
  });
  for (void* const matrix : {a, b, c}) cudaFree(matrix);
  return failed == 0 ? ms : -1;
}

}  // namespace ortnce::test
