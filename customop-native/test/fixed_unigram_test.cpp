// The given distribution: weights 5 4 3 2 1 to the power of 0.75 after a reserved id (ids recorded
// from TensorFlow 2.21), shards against their definition, extreme weights. Frequencies:
// distribution_statistics_test.cpp.
#include "sampling/fixed_unigram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "support/one_at_a_time.h"

namespace ortnce::sampling {
namespace {

using Ids = std::vector<int64_t>;

std::vector<float> weights_of(const UnigramShape& shape, const std::vector<float>& given) {
  const auto count = static_cast<int64_t>(given.size());
  std::vector<float> weights(static_cast<size_t>(shard_size(shape, count)));
  shard_weights(shape, given.data(), count, weights.data());
  return weights;
}

FixedUnigram worked_example() {
  UnigramShape shape;
  shape.distortion = 0.75f;
  shape.num_reserved_ids = 1;
  return FixedUnigram(weights_of(shape, {5, 4, 3, 2, 1}));
}

TEST(FixedUnigram, IdsOfTensorFlow) {
  const FixedUnigram distribution = worked_example();
  const RunStreams streams(1, 2);
  Ids ids(8);
  WordStream first = streams.of_run(0, 8), second = streams.of_run(1, 8);
  distribution.draw(first, 8, ids.data());
  EXPECT_EQ(ids, (Ids{5, 5, 4, 1, 1, 5, 3, 4}));
  distribution.draw(second, 8, ids.data());
  EXPECT_EQ(ids, (Ids{5, 3, 1, 1, 3, 4, 1, 3}));
  EXPECT_EQ(probability_of(distribution, 0), 0.0f);
  EXPECT_NEAR(8 * probability_of(distribution, 5), 0.718556702f, 2 * 0x1p-24);
  EXPECT_EQ(distribution.drawable(), 5);
}

TEST(FixedUnigram, ShardsFollowTheirDefinition) {
  for (const int64_t reserved : {0, 1, 2, 5, 9}) {
    for (const int64_t shards : {1, 2, 3, 7}) {
      for (int64_t shard = 0; shard < shards; ++shard) {
        for (const int64_t count : {0, 1, 4, 20}) {
          std::vector<float> given, expected;
          for (int64_t i = 0; i < count; ++i) given.push_back(static_cast<float>(i + 1));
          for (int64_t r = 0; r < reserved; ++r) {
            if (r % shards == shard) expected.push_back(0);
          }
          auto id = static_cast<int64_t>(expected.size());
          for (const float weight : given) {
            if (id++ % shards == shard) expected.push_back(weight);
          }
          EXPECT_EQ(weights_of({1, reserved, shards, shard}, given), expected)
              << reserved << " reserved, shard " << shard << " of " << shards << ", " << count << " given";
        }
      }
    }
  }
}

TEST(FixedUnigram, HugeSizesDoNotOverflow) {
  EXPECT_EQ(shard_size({1, INT64_MAX, 1, 0}, 4), INT64_MAX);
  EXPECT_EQ(shard_size({1, INT64_MAX, INT64_MAX, 5}, 0), 1);
}

TEST(FixedUnigram, WeightsNearTheLargestFloat) {
  const FixedUnigram distribution({3e38f, 3e38f, 3e38f});
  for (int64_t id = 0; id < 3; ++id) EXPECT_FLOAT_EQ(probability_of(distribution, id), 1.0f / 3.0f);
  WordStream stream(4, {});
  std::vector<int> seen(3);
  for (int i = 0; i < 3000; ++i) ++seen[static_cast<size_t>(draw_one(distribution, stream))];
  for (const int count : seen) EXPECT_NEAR(count, 1000, 130);
}

TEST(FixedUnigram, DistortionZeroMakesAllEqual) {
  UnigramShape shape;
  shape.distortion = 0;
  EXPECT_EQ(weights_of(shape, {0, 2, 3, 4}), (std::vector<float>{1, 1, 1, 1}));
}

TEST(FixedUnigram, ProbabilitiesOfManyWeightsSumToOne) {
  std::mt19937 random(8);
  std::vector<float> weights(1'000'000);
  for (float& weight : weights) weight = static_cast<float>(random() % 10000);
  const FixedUnigram distribution(weights);
  double sum = 0;
  for (int64_t id = 0; id < distribution.range_max(); ++id)
    sum += static_cast<double>(probability_of(distribution, id));
  EXPECT_NEAR(sum, 1, 1e-6);
}

}  // namespace
}  // namespace ortnce::sampling
