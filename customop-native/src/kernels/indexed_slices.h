// Sparse gradients: rows of a tensor and the ids they belong to; TensorFlow's IndexedSlices.
#pragma once

#include <cstdint>

#include "kernels/id_groups.h"
#include "kernels/parallel.h"

namespace ortnce::kernels {

/// Writes sums[g, :] = sum of values[k, :] over the occurrences k of group g, added in float in
/// order of position.
///
/// The sources of `groups` are positions in values, [groups.occurrences(), row_size]; sums is
/// [groups.count(), row_size]. The result does not depend on how `executor` spreads the work.
void sum_slices(const IdGroups& groups, const float* values, int64_t row_size, Executor& executor, float* sums);

}  // namespace ortnce::kernels
