// The heap of one execution of a fuzz target: what operator new gives in the meantime. A block costs a few
// instructions instead of the sanitizer's bookkeeping, and is guarded as well: poisoned bytes lie on both sides of
// it, and it stays poisoned, and unused, from its deletion to the end of the execution.
#pragma once

namespace ortnce::fuzz {

/// Not nested, and not with threads.
class ExecutionHeap {
 public:
  ExecutionHeap();

  /// Aborts if a block was not given back.
  ~ExecutionHeap();

  ExecutionHeap(const ExecutionHeap&) = delete;
  ExecutionHeap& operator=(const ExecutionHeap&) = delete;
};

}  // namespace ortnce::fuzz
