#include "sampling/random_seed.h"

#include <sys/random.h>
#include <time.h>

#include <atomic>

namespace ortnce::sampling {

int64_t random_seed() {
  int64_t seed = 0;
  if (getrandom(&seed, sizeof(seed), 0) == static_cast<ssize_t>(sizeof(seed))) return seed;
  // No entropy source (an old kernel, a sandbox): clock and a counter still differ per session.
  static std::atomic<int64_t> calls{0};
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return (static_cast<int64_t>(now.tv_sec) * 1000000007 + now.tv_nsec) ^ (calls.fetch_add(1) << 48);
}

}  // namespace ortnce::sampling
