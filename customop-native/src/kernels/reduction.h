// ONNX's reductions of per-example losses.
#pragma once

#include <cstdint>

namespace ortnce::kernels {

enum class Reduction { kNone, kMean, kSum };

/// Writes loss [batch] (kNone) or one element. The mean is over `counted` examples; over none it
/// is 0. Sums run in double, in order of the examples.
inline void reduce_losses(const double* example_losses, int64_t batch, int64_t counted, Reduction reduction,
                          float* loss) {
  if (reduction == Reduction::kNone) {
    for (int64_t i = 0; i < batch; ++i) loss[i] = static_cast<float>(example_losses[i]);
    return;
  }
  double sum = 0;
  for (int64_t i = 0; i < batch; ++i) sum += example_losses[i];
  const bool mean = reduction == Reduction::kMean && counted > 0;
  loss[0] = static_cast<float>(mean ? sum / static_cast<double>(counted) : sum);
}

}  // namespace ortnce::kernels
