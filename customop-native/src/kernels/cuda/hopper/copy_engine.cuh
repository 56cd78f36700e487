// Barriers in shared memory that count bytes, and the engine that copies boxes of a tensor into tiles
// (compute capability 9.0).
//
// A row of a tile is 128 bytes, and its eight chunks of 16 bytes lie in the order of chunk ^ (row % 8): what the
// matrix products of warpgroup.cuh read. Tiles begin at multiples of 1024 bytes.
#pragma once

#include "kernels/cuda/device.cuh"
#include "kernels/element_type.h"

namespace ortnce::kernels::cuda {

/// Bytes of a row of a tile.
inline constexpr int kTileRowBytes = 128;

}  // namespace ortnce::kernels::cuda

#ifdef __CUDACC__

#include <cuda.h>

namespace ortnce::kernels::cuda {

/// A matrix of rows in device memory, and the box of it that is copied at a time. A kernel takes it within its
/// parameters.
using TensorMap = CUtensorMap;

/// An mbarrier. A phase of it ends when all have arrived and all bytes that were announced are there; phases are
/// told apart by their parity, the first has parity 0.
struct Barrier {
  uint64_t state;
};

ORTNCE_DEVICE uint32_t shared_address(const void* at) { return static_cast<uint32_t>(__cvta_generic_to_shared(at)); }

/// One thread makes the barriers of a block, then calls publish_barriers(); others may use them after a sync_block().
ORTNCE_DEVICE void init_barrier(Barrier* barrier, int arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)), "r"(arrivals) : "memory");
}

ORTNCE_DEVICE void publish_barriers() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

ORTNCE_DEVICE void arrive(Barrier* barrier) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(barrier)) : "memory");
}

/// Arrives, and announces bytes of copies to the phase.
ORTNCE_DEVICE void arrive_and_expect(Barrier* barrier, int bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)), "r"(bytes)
               : "memory");
}

/// Returns when the phase of this parity has ended; that before the first counts as ended, of parity 1. A phase that
/// has not ended after some 16 seconds is an error of the launch, not a hang.
ORTNCE_DEVICE void wait(Barrier* barrier, int parity) {
  constexpr int kMostTries = 1 << 14, kNanosecondsOfTry = 1000000;
#pragma unroll 1
  for (int tries = 0; tries < kMostTries; ++tries) {
    uint32_t ended;
    asm volatile(
        "{\n"
        ".reg .pred ended;\n"
        "mbarrier.try_wait.parity.shared::cta.b64 ended, [%1], %2, %3;\n"
        "selp.u32 %0, 1, 0, ended;\n"
        "}"
        : "=r"(ended)
        : "r"(shared_address(barrier)), "r"(parity), "r"(kNanosecondsOfTry)
        : "memory");
    if (ended != 0) return;
  }
  __trap();
}

/// Begins to copy the box whose first number is `column` of `row` into a tile; zeros where the matrix ends. The
/// barrier counts all bytes of the box.
ORTNCE_DEVICE void copy_box(void* tile, const TensorMap& map, int column, int row, Barrier* barrier) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], [%4];" ::
          "r"(shared_address(tile)),
      "l"(&map), "r"(column), "r"(row), "r"(shared_address(barrier))
      : "memory");
}

}  // namespace ortnce::kernels::cuda

#else
#include "cuda_emulation/copy_engine.h"
#endif
