// Sums of rows by id.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/cpu/dispatch.h"
#include "kernels/id_groups.h"

namespace ortnce::kernels {

/// What one occurrence adds to the sum of its id: factor * row.
struct RowTerm {
  float factor;
  const float* row;  // [row_size]
};

/// Writes sums[g, :] = sum of the terms of the occurrences of group g, added in float in order of
/// their source; sums is [groups.count(), row_size]. RowTerm term(source) is the term of one.
template <class Term>
void sum_rows(const IdGroups& groups, int64_t row_size, Executor& executor, Term&& term, float* sums) {
  const cpu::NceBlockKernels& kernels = cpu::active_kernels();
  for_each_group(groups, row_size, executor, [&](int64_t group) {
    float* const out = sums + group * row_size;
    const IdGroups::Entry *occurrence = groups.begin(group), *const end = groups.end(group);
    const RowTerm first = term(occurrence->source);
    kernels.set_scaled(first.factor, first.row, row_size, out);
    while (++occurrence != end) {
      const RowTerm next = term(occurrence->source);
      kernels.add_scaled(next.factor, next.row, row_size, out);
    }
  });
}

}  // namespace ortnce::kernels
