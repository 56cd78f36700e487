// What the machine can do at best: the floor under every time.
#pragma once

namespace ortnce::bench {

struct MachineFloor {
  double gflops;              // float products and sums a second, from registers, all threads together
  double pair_gflops;         // those of pairs of bfloat16; 0 where no instruction multiplies them
  double gigabytes_a_second;  // read from memory, far beyond every cache
};

/// Measures with `threads` threads at the widest vectors of the level in use.
MachineFloor measure_floor(int threads);

}  // namespace ortnce::bench
