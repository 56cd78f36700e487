// Runs the threads of one block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "cuda_emulation/fiber.h"
#include "cuda_emulation/findings.h"
#include "cuda_emulation/shared_memory.h"

namespace ortnce::emulation {

inline constexpr int kLanes = 32;

/// What the lanes of a warp do together: the arguments of all lanes, lane by lane.
using WarpOperation = void (*)(void* const* arguments);

/// A block, and what its threads call. Threads run one at a time, warps in an order that changes from
/// barrier to barrier.
class Block {
 public:
  /// `threads`: a multiple of kLanes.
  Block(int threads, Findings& findings);

  /// Runs body(argument) as every thread of block (x, y).
  void run(int64_t x, int64_t y, size_t shared_bytes, void (*body)(const void*), const void* argument);

  int64_t x() const { return x_; }
  int64_t y() const { return y_; }
  int thread() const { return running_; }
  int warp_start() const { return running_ / kLanes * kLanes; }
  SharedMemory& shared() { return *shared_; }
  Findings& findings() { return findings_; }

  /// Returns when all threads have called it.
  void sync();

  /// Returns when all lanes of the warp have called it and the last has run `operation`.
  void together(WarpOperation operation, void* arguments);

  /// cp.async and its groups.
  void copy(void* to, const void* from, bool valid);
  void commit();
  void wait(size_t pending);

 private:
  enum class State { kReady, kAtBarrier, kInWarp, kDone };
  struct Copy {
    unsigned char* to;
    unsigned char data[16];
  };
  struct Thread {
    Fiber fiber;
    State state = State::kReady;
    std::vector<std::vector<Copy>> groups;  // the last is open
  };
  struct Warp {
    WarpOperation operation = nullptr;
    void* arguments[kLanes];
    int arrived = 0;
  };

  static void enter(void* block);
  bool run_ready_threads();
  Thread& current() { return threads_[static_cast<size_t>(running_)]; }

  Findings& findings_;
  std::vector<Thread> threads_;
  std::vector<Warp> warps_;
  std::unique_ptr<SharedMemory> shared_;
  void (*body_)(const void*) = nullptr;
  const void* argument_ = nullptr;
  int64_t x_ = 0, y_ = 0;
  int running_ = 0;
  uint64_t turn_ = 0;
};

/// The block whose thread is running.
Block& current_block();
void set_current_block(Block* block);

}  // namespace ortnce::emulation
