// Barriers that end a phase when enough threads have arrived and all announced bytes are there.
#pragma once

#include <cstdint>
#include <map>

#include "cuda_emulation/findings.h"

namespace ortnce::emulation {

/// The mbarriers of a block, by their addresses.
class PhaseBarriers {
 public:
  explicit PhaseBarriers(Findings& findings) : findings_(findings) {}

  void init(const void* at, int arrivals);
  void arrive(const void* at, int64_t expected_bytes);
  void bytes_came(const void* at, int64_t bytes);

  /// Whether the phase before the current one has this parity.
  bool ended(const void* at, int parity);

 private:
  struct Barrier {
    int arrivals = 0;  // a phase
    int missing = 0;
    int64_t bytes = 0;  // announced and not there; less than none if they were faster
    int phase = 0;
  };

  /// Null, and a finding, if there is none.
  Barrier* find(const void* at);
  static void end_phase_if_complete(Barrier* barrier);

  std::map<const void*, Barrier> barriers_;
  Findings& findings_;
};

}  // namespace ortnce::emulation
