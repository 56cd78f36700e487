// What the expected counts of classes take from their logits.
#pragma once

#include <cstdint>

namespace ortnce::kernels {

/// offsets[i] -= log(counts[i]) for i in [0, count), in double and rounded once. The counts are positive
/// and finite; where one is not, its result is any number.
void subtract_logs(const float* counts, int64_t count, float* offsets);

}  // namespace ortnce::kernels
