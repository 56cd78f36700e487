// The uniform distribution: ids that TensorFlow 2.21 drew, the largest ranges.
#include "sampling/uniform.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/one_at_a_time.h"

namespace ortnce::sampling {
namespace {

using Ids = std::vector<int64_t>;

Ids draw(int64_t range_max, const WordStream& start, size_t count) {
  WordStream stream = start;
  Ids ids(count);
  Uniform(range_max).draw(stream, static_cast<int64_t>(count), ids.data());
  return ids;
}

TEST(Uniform, IdsOfTensorFlow) {
  const RunStreams streams(1, 2);
  EXPECT_EQ(draw(20, streams.of_run(0, 8), 8), (Ids{19, 6, 7, 1, 13, 18, 6, 14}));
  EXPECT_EQ(draw(20, streams.of_run(1, 8), 8), (Ids{8, 5, 3, 2, 12, 5, 18, 15}));
  EXPECT_EQ(draw(20, streams.of_run(2, 8), 8), (Ids{2, 4, 17, 13, 15, 18, 0, 15}));
  EXPECT_EQ(draw(1000, streams.of_run(0, 8), 3), (Ids{839, 966, 987}));
}

TEST(Uniform, UniqueIdsOfTensorFlow) {
  const RunStreams streams(1, 2);
  Ids ids(8);
  EXPECT_EQ(draw_unique(Uniform(20), streams.of_run(0, 8), 8, ids.data()), 9);
  EXPECT_EQ(ids, (Ids{19, 6, 7, 1, 13, 18, 14, 4}));
  EXPECT_NEAR(expected_count(probability_of(Uniform(20), 3), 8, 9), 0.369750589f, 2 * 0x1p-25);
}

TEST(Uniform, LargestRanges) {
  for (const int64_t range : {INT64_MAX, INT64_MAX - 1, (int64_t{1} << 62) + 1}) {
    for (const int64_t id : draw(range, WordStream(3, {}), 1000)) {
      ASSERT_GE(id, 0);
      ASSERT_LT(id, range);
    }
  }
}

}  // namespace
}  // namespace ortnce::sampling
