// The distribution that learns: ids that TensorFlow 2.21 drew over three runs (recorded), draws against running sums at
// sizes around powers of two, saturation at 2^31 - 1.
#include "sampling/learned_unigram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "support/naive_draws.h"
#include "support/one_at_a_time.h"

namespace ortnce::sampling {
namespace {

using Ids = std::vector<int64_t>;

TEST(LearnedUnigram, IdsOfTensorFlow) {
  LearnedUnigram distribution(6);
  const RunStreams streams(1, 2);
  const Ids labels{0, 5, 5};
  const std::vector<Ids> expected{{5, 5, 0, 5}, {5, 5, 5, 5}, {0, 3, 0, 5}};
  const std::vector<float> counts_of_0{0.666666687f, 0.888888896f, 1.0f};
  for (uint64_t run = 0; run < 3; ++run) {
    Ids ids(4);
    WordStream stream = streams.of_run(run, 4);
    distribution.draw(stream, 4, ids.data());
    EXPECT_EQ(ids, expected[run]) << run;
    EXPECT_FLOAT_EQ(4 * probability_of(distribution, 0), counts_of_0[run]);
    distribution.learn(labels.data(), 3);
  }
}

TEST(LearnedUnigram, DrawsInvertTheRunningSums) {
  std::mt19937 random(3);
  for (const int64_t range : {1, 2, 3, 7, 8, 9, 31, 32, 33, 1000}) {
    LearnedUnigram distribution(range);
    Ids labels;
    for (int i = 0; i < 500; ++i) labels.push_back(static_cast<int64_t>(random()) % range);
    distribution.learn(labels.data(), 500);
    const test::Draw naive = test::naive_learned({distribution.counts().begin(), distribution.counts().end()});
    WordStream stream(99, {}), same = stream;
    for (int draw = 0; draw < 300; ++draw) ASSERT_EQ(draw_one(distribution, stream), naive(same)) << range;
  }
}

TEST(LearnedUnigram, CountsGrowByLabelsAndRestore) {
  LearnedUnigram distribution(4);
  const Ids labels{2, 2, 0};
  distribution.learn(labels.data(), 3);
  EXPECT_EQ(distribution.counts(), (std::vector<int32_t>{2, 1, 3, 1}));
  LearnedUnigram restored(4);
  const Ids saved{2, 1, 3, 1};
  restored.restore(saved.data());
  for (int64_t id = 0; id < 4; ++id) EXPECT_EQ(probability_of(restored, id), probability_of(distribution, id));
  WordStream a(1, {}), b(1, {});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(draw_one(restored, a), draw_one(distribution, b));
}

TEST(LearnedUnigram, SaturatesAtTheLargestTotal) {
  LearnedUnigram distribution(2);
  const Ids near_full{LearnedUnigram::kMaxTotal - 4, 1};
  distribution.restore(near_full.data());
  const Ids labels{1, 1, 1, 1, 1};
  distribution.learn(labels.data(), 5);
  EXPECT_EQ(distribution.counts()[1], 4);
  EXPECT_NEAR(probability_of(distribution, 0) + probability_of(distribution, 1), 1, 1e-6);
  WordStream stream(5, {});
  for (int i = 0; i < 1000; ++i) EXPECT_LT(draw_one(distribution, stream), 2);
}

}  // namespace
}  // namespace ortnce::sampling
