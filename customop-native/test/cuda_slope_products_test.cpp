// Products of slopes and rows, in the emulation, against sums in double: slopes keep enough digits and long
// sums do not drift, whatever their size.
//
// Gate: 1e-6 of the norm, that of gradients. A slope of two bfloat16 numbers would be off by 2e-6, and sums of 2048
// terms that are cut off, as tensor cores do, by 1e-5.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "kernels/cuda/pair_kernels.h"
#include "kernels/cuda/slope_products.cuh"
#include "support/device_case.h"

namespace ortnce::test {
namespace {

namespace cuda = kernels::cuda;

constexpr int kRows = 20, kDim = 24;

struct Slopes {
  const char* name;
  double scale, digits;  // the largest, and by how many powers of ten the others are smaller, at most
};

constexpr Slopes kSlopes[] = {{"one", 1, 0.3}, {"spread", 1, 12}, {"tiny", 1e-30, 1}, {"large", 1e30, 1}};

/// The error of [kRows, kDim] sums of `terms` products, in the norm, as a part of the sums.
double norm_error(const TypePair& types, bool transposed, const Slopes& of, int terms) {
  std::mt19937_64 random(static_cast<uint64_t>(terms));
  std::normal_distribution<float> normal;
  std::vector<float> numbers(static_cast<size_t>(terms) * kDim);
  for (float& x : numbers) x = normal(random);
  const StoredNumbers rows(types.weights, numbers.data(), static_cast<int64_t>(numbers.size()), 0);
  std::vector<const void*> row;
  for (int k = 0; k < terms; ++k) {
    row.push_back(static_cast<const unsigned char*>(rows.data()) + k * kDim * kernels::element_bytes(types.weights));
  }
  const int64_t stride = transposed ? cuda::kTile : kernels::ceil_div(terms, cuda::kTile) * cuda::kTile;
  std::vector<cuda::Chunk> memory(static_cast<size_t>(stride * (transposed ? terms : kRows) / 4));
  auto* const slopes = reinterpret_cast<float*>(memory.data());
  std::vector<double> sums(kRows * kDim);
  for (int m = 0; m < kRows; ++m) {
    for (int k = 0; k < terms; ++k) {
      float& slope = slopes[transposed ? k * stride + m : m * stride + k];
      slope = static_cast<float>(of.scale * std::pow(10, -of.digits * static_cast<double>(random() >> 11) * 0x1p-53));
      for (int d = 0; d < kDim; ++d) {
        sums[static_cast<size_t>(m * kDim + d)] +=
            static_cast<double>(slope) * static_cast<double>(numbers[static_cast<size_t>(k * kDim + d)]);
      }
    }
  }
  std::vector<float> out(kRows * kDim, std::numeric_limits<float>::quiet_NaN());
  const cuda::PairKernels& kernels = cuda::kernels_of(types.inputs, types.weights, types.tf32);
  const cuda::SlopeProductsParams params{slopes, stride, kRows, terms, row.data(), kDim, true, false, out.data()};
  const cuda::Status status =
      transposed ? kernels.multiply_inputs(params, nullptr) : kernels.multiply_embeddings(params, nullptr);
  EXPECT_TRUE(status.ok()) << status.step << ": " << status.reason;
  double errors = 0, squares = 0;
  for (size_t i = 0; i < sums.size(); ++i) {
    const double error = static_cast<double>(out[i]) - sums[i];
    errors += error * error;
    squares += sums[i] * sums[i];
  }
  return std::sqrt(errors / squares);
}

class CudaSlopeProducts : public testing::TestWithParam<TypePair> {};

TEST_P(CudaSlopeProducts, NormIsAccurate) {
  for (const Slopes& of : kSlopes) {
    for (const int terms : {1, 16, 100, 2048}) {
      for (const bool transposed : {false, true}) {
        EXPECT_LE(norm_error(GetParam(), transposed, of, terms), 1e-6)
            << of.name << ", " << terms << " terms" << (transposed ? ", transposed" : "");
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, CudaSlopeProducts, testing::Values(kTypePairs[0], kTypePairs[2], kTypePairs[3]),
                         [](const auto& pair) { return std::string(pair.param.name); });

}  // namespace
}  // namespace ortnce::test
