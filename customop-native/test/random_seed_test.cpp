// Fresh seeds differ, and in all of their bits.
#include "sampling/random_seed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace ortnce::sampling {
namespace {

TEST(RandomSeed, DiffersFromCallToCall) {
  std::vector<int64_t> seeds;
  for (int i = 0; i < 1000; ++i) seeds.push_back(random_seed());
  std::sort(seeds.begin(), seeds.end());
  EXPECT_EQ(std::adjacent_find(seeds.begin(), seeds.end()), seeds.end());
  // All 64 bits take part: none is the same in all of them.
  int64_t ones = 0, zeros = 0;
  for (const int64_t seed : seeds) {
    ones |= seed;
    zeros |= ~seed;
  }
  EXPECT_EQ(ones & zeros, int64_t{-1});
}

}  // namespace
}  // namespace ortnce::sampling
