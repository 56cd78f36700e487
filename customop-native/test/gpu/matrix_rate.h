// What the machine reaches on a plain matrix product, by its own cuBLAS.
#pragma once

#include <cstdint>

namespace ortnce::test {

enum class Precision { kFloat, kTf32, kBfloat16 };

/// Milliseconds of one product [m, k] by [k, n] of random numbers on stream `stream`, in the median of runs;
/// negative if there is no cuBLAS on the loader's path.
double matrix_product_ms(Precision precision, int64_t m, int64_t n, int64_t k, void* stream);

}  // namespace ortnce::test
