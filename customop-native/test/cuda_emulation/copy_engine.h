// The functions of kernels/cuda/hopper/copy_engine.cuh on a processor. A copy arrives when no thread can go on
// without it, the latest one first at every other time.
//
// Not modelled: the fence that publishes barriers, and that of ordinary stores that the engine reads.
#pragma once

#include <cstdint>

#include "cuda_emulation/device.h"

namespace ortnce::kernels::cuda {

struct TensorMap {
  const unsigned char* first;
  int64_t rows, row_bytes;
  int box_rows;

  /// Whether the driver takes it.
  bool valid() const {
    return reinterpret_cast<uintptr_t>(first) % 16 == 0 && row_bytes > 0 && row_bytes % 16 == 0 && rows > 0 &&
           rows <= INT32_MAX && box_rows > 0 && box_rows <= 256;
  }
};

struct Barrier {
  uint64_t state;
};

inline void init_barrier(Barrier* barrier, int arrivals) {
  emulation::current_block().barriers().init(barrier, arrivals);
}
inline void publish_barriers() {}
inline void arrive(Barrier* barrier) { emulation::current_block().barriers().arrive(barrier, 0); }
inline void arrive_and_expect(Barrier* barrier, int bytes) {
  emulation::current_block().barriers().arrive(barrier, bytes);
}
inline void wait(Barrier* barrier, int parity) { emulation::current_block().await(barrier, parity); }

/// Set: a device that lays tiles out in another way than the kernels believe.
inline bool& plain_tiles() {
  static bool plain = false;
  return plain;
}

void copy_box(void* tile, const TensorMap& map, int column, int row, Barrier* barrier);

}  // namespace ortnce::kernels::cuda
