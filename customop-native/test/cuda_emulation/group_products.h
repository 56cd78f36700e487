// The products that a warpgroup has under way.
#pragma once

#include <deque>
#include <vector>

#include "cuda_emulation/shared_memory.h"

namespace ortnce::emulation {

struct GroupProducts {
  struct Operand {
    const void* at;
    size_t bytes;
  };
  using Operands = std::vector<Operand>;

  std::vector<float> sums;      // [64, 256]; empty = the registers have them
  Operands open;                // read by products of no group yet
  std::deque<Operands> groups;  // that nobody waited for

  bool under_way() const { return !sums.empty() || !open.empty() || !groups.empty(); }

  /// Operands of all groups but the last `pending` were read.
  void wait(size_t pending, SharedMemory& shared) {
    while (groups.size() > pending) {
      for (const Operand& operand : groups.front()) shared.end_read(operand.at, operand.bytes);
      groups.pop_front();
    }
  }
};

}  // namespace ortnce::emulation
