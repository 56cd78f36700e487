// Occurrences of ids, grouped by id: where an id occurs several times, numbers that belong to it are
// summed.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/parallel.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {

/// The different ids of a list, ascending, each with the places where it occurs. Owns no memory.
class IdGroups {
 public:
  /// One occurrence of an id: id >= 0, `source` says where.
  struct Entry {
    int64_t id;
    int64_t source;
  };

  /// Entries of room that `count` occurrences need; -1 if that overflows.
  static int64_t room(int64_t count);

  /// `entries`: room(count) entries, the first `count` of them filled in ascending order of source.
  /// Takes O(count) for a given number of bits of the greatest id.
  IdGroups(Entry* entries, int64_t count);

  /// The number of different ids.
  int64_t count() const { return count_; }

  /// The number of occurrences.
  int64_t occurrences() const { return starts_[count_]; }

  /// Whether occurrences came sorted, each id once: group g is the occurrence g.
  bool identity() const { return sorted_ && count_ == occurrences(); }

  /// The occurrences of group `group` in ascending order of source: [begin, end).
  const Entry* begin(int64_t group) const { return entries_ + starts_[group]; }
  const Entry* end(int64_t group) const { return entries_ + starts_[group + 1]; }

  /// The first group that begins at or after an occurrence of the sorted list.
  int64_t first_group(int64_t occurrence) const;

  /// Writes the ids, ascending, [count()].
  void write_ids(int64_t* ids) const;

 private:
  const Entry* entries_;   // sorted by id, then by source
  const int64_t* starts_;  // [count + 1] the first occurrence of each group, and their number
  int64_t count_ = 0;
  bool sorted_ = true;
};

/// Calls body(group) for every group. `row_size`: floats that one occurrence adds.
template <class Body>
void for_each_group(const IdGroups& groups, int64_t row_size, Executor& executor, Body&& body) {
  // Occurrences are cut into tasks at the same places whatever the threads; a group belongs to the
  // task of its first.
  constexpr int64_t kTaskOccurrences = 256;
  const int64_t occurrences = groups.occurrences();
  SerialExecutor serial;
  const bool parallel = static_cast<double>(occurrences) * (static_cast<double>(row_size) + 64) > kParallelFloats;
  parallel_for(parallel ? executor : serial, ceil_div(occurrences, kTaskOccurrences), [&](int64_t task) {
    const int64_t last = groups.first_group(std::min((task + 1) * kTaskOccurrences, occurrences));
    for (int64_t group = groups.first_group(task * kTaskOccurrences); group < last; ++group) body(group);
  });
}

}  // namespace ortnce::kernels
