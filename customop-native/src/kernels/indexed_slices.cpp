#include "kernels/indexed_slices.h"

#include <algorithm>

#include "kernels/row_sums.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {
namespace {

/// Floats that one task copies.
constexpr int64_t kTaskFloats = 1 << 15;

void copy(const float* from, int64_t count, Executor& executor, float* to) {
  SerialExecutor serial;
  Executor& workers = static_cast<double>(count) > kParallelFloats ? executor : serial;
  parallel_for(workers, ceil_div(count, kTaskFloats), [&](int64_t task) {
    const int64_t first = task * kTaskFloats;
    std::copy_n(from + first, std::min(kTaskFloats, count - first), to + first);
  });
}

}  // namespace

void sum_slices(const IdGroups& groups, const float* values, int64_t row_size, Executor& executor, float* sums) {
  if (groups.identity()) return copy(values, groups.count() * row_size, executor, sums);
  sum_rows(
      groups, row_size, executor,
      [&](int64_t position) {
        return RowTerm{1.0f, values + position * row_size};
      },
      sums);
}

}  // namespace ortnce::kernels
