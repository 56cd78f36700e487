// Runs the threads of one block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "cuda_emulation/fiber.h"
#include "cuda_emulation/findings.h"
#include "cuda_emulation/group_products.h"
#include "cuda_emulation/phase_barriers.h"
#include "cuda_emulation/shared_memory.h"

namespace ortnce::emulation {

inline constexpr int kLanes = 32;

/// What neighbouring threads do together: the arguments of all, thread by thread.
using Operation = void (*)(void* const* arguments);

/// A copy on its way, which a barrier counts.
struct BoxCopy {
  struct Piece {
    unsigned char* to;
    unsigned char data[16];
  };
  const void* barrier;
  std::vector<Piece> pieces;
};

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
  PhaseBarriers& barriers() { return *barriers_; }

  /// Those of the running thread's warpgroup.
  GroupProducts& products() { return products_[static_cast<size_t>(running_ / kMostTogether)]; }

  /// Returns when all threads have called it.
  void sync();

  /// Returns when all of the `count` threads, a warp or a warpgroup, have called it and the last has run `operation`.
  void together(int count, Operation operation, void* arguments);

  /// The same, but `operation` runs when no other thread can go on.
  void together_late(int count, Operation operation, void* arguments);

  /// Returns when the phase of a barrier has ended.
  void await(const void* barrier, int parity);

  /// Begins to copy for the running thread.
  void begin_copy(BoxCopy copy);

  /// cp.async and its groups.
  void copy(void* to, const void* from, bool valid);
  void commit();
  void wait(size_t pending);

 private:
  enum class State { kReady, kAtBarrier, kTogether, kAwaiting, kDone };
  static constexpr int kMostTogether = 128;
  struct Copy {
    unsigned char* to;
    unsigned char data[16];
  };
  struct Thread {
    Fiber fiber;
    State state = State::kReady;
    std::vector<std::vector<Copy>> groups;  // the last is open
    const void* awaited = nullptr;          // a barrier
    int parity = 0;
  };
  struct Meeting {
    int first = 0, count = 0;  // threads
    Operation operation = nullptr;
    void* arguments[kMostTogether];
    int arrived = 0;
    bool late = false;
  };

  static void enter(void* block);
  bool run_ready_threads();
  bool wake_threads();
  bool end_late_meeting();
  Meeting& join(int count, Operation operation, void* arguments);
  void leave_together();
  void end(Meeting& meeting);
  bool end_copy();
  std::ptrdiff_t count(State state) const;
  Thread& current() { return threads_[static_cast<size_t>(running_)]; }

  Findings& findings_;
  std::vector<Thread> threads_;
  std::vector<Meeting> meetings_;  // of warps, then of warpgroups
  std::unique_ptr<SharedMemory> shared_;
  std::unique_ptr<PhaseBarriers> barriers_;
  std::vector<GroupProducts> products_;             // by warpgroup
  std::vector<std::pair<int, BoxCopy>> box_copies_;  // on their way, with who began them
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
