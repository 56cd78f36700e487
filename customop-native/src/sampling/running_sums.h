// Running sums of counts that grow: which id holds the n-th of all that was counted?
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ortnce::sampling {

/// A tree of nodes of 16 children, a cache line each; a search reads one node a level. (A Fenwick
/// tree reads one for each bit, and those of its upper levels fall into the same few cache sets.)
class RunningSums {
 public:
  /// Counts of at least 0 whose sum is at most 2^31 - 1.
  explicit RunningSums(const std::vector<int32_t>& counts);

  /// Adds one to the count of `id`.
  void add_one(size_t id);

  /// For each number in [0, sum of counts): the smallest id whose counts, summed up to and with it,
  /// exceed the number. Overwrites `numbers`.
  void find(int32_t* numbers, int64_t count, uint32_t* ids) const;

 private:
  static constexpr size_t kChildren = 16;

  /// below[k] is the sum of children 0 to k - 1; kNone where there is no child k.
  struct alignas(64) Node {
    int32_t below[kChildren];
  };
  static constexpr int32_t kNone = INT32_MAX;

  std::vector<std::vector<Node>> levels_;  // the lowest, whose children are the counts, first
};

}  // namespace ortnce::sampling
