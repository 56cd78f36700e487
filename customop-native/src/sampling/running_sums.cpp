#include "sampling/running_sums.h"

#include <algorithm>
#include <cstring>

namespace ortnce::sampling {

namespace {

using Ints = int32_t __attribute__((vector_size(16)));

/// The last k with below[k] <= number, of 16 in ascending order; below[0] = 0 is.
uint32_t last_reached(const int32_t* below, int32_t number) {
  Ints passed{};  // -1 for each that is
  for (int k = 0; k < 16; k += 4) {
    Ints four;
    std::memcpy(&four, below + k, sizeof(four));
    passed += four <= number;
  }
  return static_cast<uint32_t>(-(passed[0] + passed[1] + passed[2] + passed[3]) - 1);
}

}  // namespace

RunningSums::RunningSums(const std::vector<int32_t>& counts) {
  std::vector<int32_t> of_level;
  do {
    const std::vector<int32_t>& sums = levels_.empty() ? counts : of_level;
    std::vector<Node> level((sums.size() + kChildren - 1) / kChildren);
    std::vector<int32_t> totals(level.size());
    for (size_t n = 0; n < level.size(); ++n) {
      const size_t first = n * kChildren, children = std::min(kChildren, sums.size() - first);
      for (size_t k = 0; k < children; ++k) {
        level[n].below[k] = totals[n];
        totals[n] += sums[first + k];
      }
      std::fill(level[n].below + children, level[n].below + kChildren, kNone);
    }
    levels_.push_back(std::move(level));
    of_level = std::move(totals);
  } while (of_level.size() > 1);
}

void RunningSums::add_one(size_t id) {
  for (std::vector<Node>& level : levels_) {
    int32_t* const below = level[id / kChildren].below;
    for (size_t k = id % kChildren + 1; k < kChildren && below[k] != kNone; ++k) ++below[k];
    id /= kChildren;
  }
}

void RunningSums::find(int32_t* numbers, int64_t count, uint32_t* ids) const {
  // Level by level for all numbers, so that their cache misses overlap.
  std::fill(ids, ids + count, 0);
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    const Node* const next = level + 1 == levels_.rend() ? nullptr : level[1].data();
    for (int64_t i = 0; i < count; ++i) {
      const Node& node = (*level)[ids[i]];
      const uint32_t child = last_reached(node.below, numbers[i]);
      numbers[i] -= node.below[child];
      ids[i] = static_cast<uint32_t>(kChildren) * ids[i] + child;
      if (next != nullptr) __builtin_prefetch(next + ids[i]);
    }
  }
}

}  // namespace ortnce::sampling
