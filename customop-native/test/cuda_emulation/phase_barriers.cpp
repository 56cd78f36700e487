#include "cuda_emulation/phase_barriers.h"

namespace ortnce::emulation {

void PhaseBarriers::init(const void* at, int arrivals) {
  if (reinterpret_cast<uintptr_t>(at) % 8 != 0) findings_.add("a barrier at an address that is no multiple of 8");
  if (!barriers_.emplace(at, Barrier{arrivals, arrivals}).second) findings_.add("a barrier is made a second time");
}

PhaseBarriers::Barrier* PhaseBarriers::find(const void* at) {
  const auto found = barriers_.find(at);
  if (found != barriers_.end()) return &found->second;
  findings_.add("a barrier is used that was not made");
  return nullptr;
}

void PhaseBarriers::arrive(const void* at, int64_t expected_bytes) {
  Barrier* const barrier = find(at);
  if (barrier == nullptr) return;
  barrier->bytes += expected_bytes;
  if (--barrier->missing < 0) findings_.add("%d threads are too many for a phase of a barrier", barrier->arrivals + 1);
  end_phase_if_complete(barrier);
}

void PhaseBarriers::bytes_came(const void* at, int64_t bytes) {
  Barrier* const barrier = find(at);
  if (barrier == nullptr) return;
  barrier->bytes -= bytes;
  end_phase_if_complete(barrier);
}

void PhaseBarriers::end_phase_if_complete(Barrier* barrier) {
  if (barrier->missing > 0 || barrier->bytes != 0) return;
  barrier->missing = barrier->arrivals;
  ++barrier->phase;
}

bool PhaseBarriers::ended(const void* at, int parity) {
  const Barrier* const barrier = find(at);
  return barrier == nullptr || barrier->phase % 2 != parity;
}

}  // namespace ortnce::emulation
