// The word stream: the generator's published known answers, the order of words, the 128-bit counter
// and where each run starts. Everything is exact. Expected words and doubles were recorded from the
// random ops of TensorFlow 2.21 or follow from the definition of the counter.
#include "sampling/philox.h"

#include <gtest/gtest.h>

#include <vector>

#include "sampling/run_streams.h"
#include "support/philox_preimage.h"

namespace ortnce::sampling {
namespace {

using Words = std::vector<uint32_t>;
using Block = std::array<uint32_t, 4>;

constexpr uint64_t kOnes = ~uint64_t{0};

Words take(WordStream stream, int count) {
  Words words;
  for (int i = 0; i < count; ++i) words.push_back(stream.next_word());
  return words;
}

TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox_block(0, {}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox_block(kOnes, {kOnes, kOnes}), (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  // The digits of pi, of the generator's own known answers.
  EXPECT_EQ(philox_block(0x299f31d0a4093822u, {0x85a308d3243f6a88u, 0x0370734413198a2eu}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, InverseOfTheTestsIsTheInverse) {
  for (const BlockCounter counter : {BlockCounter{0, 0}, BlockCounter{kOnes, 5}, BlockCounter{123456789, kOnes}}) {
    for (const uint64_t key : {uint64_t{0}, uint64_t{0x299f31d0a4093822u}}) {
      const BlockCounter found = test::counter_of_block(key, philox_block(key, counter));
      EXPECT_TRUE(found.low == counter.low && found.high == counter.high);
    }
  }
}

TEST(Philox, WordsOfAStream) {
  const RunStreams streams(1, 2);
  EXPECT_EQ(take(streams.of_run(0, 8), 8),
            (Words{0xe73404cf, 0x8cedc5d3, 0x3f071736, 0x0a0afddd, 0xb7b4c173, 0xdb04b052, 0x44541f91, 0x0e0b3cf3}));
}

TEST(Philox, WordOfAnyIndexIsALaneOfItsBlock) {
  const BlockCounter start{kOnes - 2, 7};
  const Words words = take(WordStream(99, start), 40);
  for (size_t w = 0; w < words.size(); ++w) EXPECT_EQ(words[w], philox_block(99, start.plus(w / 4))[w % 4]) << w;
}

TEST(Philox, UnitDoubles) {
  WordStream stream = RunStreams(1, 2).of_run(0, 8);
  EXPECT_EQ(stream.next_unit_double(), 0.2511744980841868);
  EXPECT_EQ(stream.next_unit_double(), 0.44316677020093853);
  EXPECT_EQ(stream.next_unit_double(), 0.2972296290781924);
}

TEST(Philox, UnitDoublesOfChosenWords) {
  const uint64_t largest = (uint64_t{1} << 52) - 1;
  WordStream ends = test::stream_of_units(0, largest);
  EXPECT_EQ(ends.next_unit_double(), 0.0);
  EXPECT_EQ(ends.next_unit_double(), 1.0 - 0x1p-52);
  // 12 bits of the first word are not used.
  WordStream masked = test::stream_of_units(uint64_t{0xFFF00000} << 32 | 1, uint64_t{1} << 32);
  EXPECT_EQ(masked.next_unit_double(), 0x1p-52);
  EXPECT_EQ(masked.next_unit_double(), 0x1p-20);
}

TEST(Philox, CounterCarries) {
  const auto expect_sum = [](BlockCounter sum, uint64_t low, uint64_t high) {
    EXPECT_EQ(sum.low, low);
    EXPECT_EQ(sum.high, high);
  };
  expect_sum(BlockCounter{kOnes, 5}.plus(1), 0, 6);
  expect_sum(BlockCounter{kOnes, 5}.plus(0), kOnes, 5);
  expect_sum(BlockCounter{0, 5}.plus(kOnes), kOnes, 5);
  expect_sum(BlockCounter{kOnes, kOnes}.plus(1), 0, 0);
  expect_sum(BlockCounter{kOnes, 1}.plus(kOnes, 2), kOnes - 1, 4);
  expect_sum(BlockCounter{0xFFFFFFFF, 0}.plus(1), uint64_t{1} << 32, 0);
  expect_sum(BlockCounter{3, kOnes}.plus(4, 1), 7, 0);
}

TEST(Philox, StreamsCrossTheCarry) {
  // Block 2^64 - 1 of one half is followed by block 0 of the next.
  const Words words = take(WordStream(5, {kOnes, 41}), 8);
  const Block before = philox_block(5, {kOnes, 41}), after = philox_block(5, {0, 42});
  EXPECT_EQ(Words(words.begin(), words.begin() + 4), Words(before.begin(), before.end()));
  EXPECT_EQ(Words(words.begin() + 4, words.end()), Words(after.begin(), after.end()));
}

TEST(RunStreams, RunStartsAfterItsPredecessorsBlocks) {
  for (const int64_t num_sampled : {1, 3, 8}) {
    const RunStreams streams(-7, 11);
    for (const uint64_t run : {0u, 1u, 2u, 5u}) {
      WordStream walked = streams.of_run(0, num_sampled);
      for (uint64_t w = 0; w < 2048 * static_cast<uint64_t>(num_sampled) * run; ++w) walked.next_word();
      EXPECT_EQ(take(streams.of_run(run, num_sampled), 6), take(walked, 6)) << "S " << num_sampled << ", run " << run;
    }
  }
}

TEST(RunStreams, SeedsAreBitPatterns) {
  EXPECT_EQ(take(RunStreams(-1, -2).of_run(0, 4), 4), take(WordStream(kOnes, {0, kOnes - 1}), 4));
  EXPECT_EQ(take(RunStreams(INT64_MIN, INT64_MAX).of_run(1, 4), 4),
            take(WordStream(uint64_t{1} << 63, {512 * 4, (uint64_t{1} << 63) - 1}), 4));
}

TEST(RunStreams, OffsetsOfLateRunsUse128Bits) {
  // 512 * 2^21 * 2^40 = 2^70; seed2 = -1 then wraps. TensorFlow's 32-bit product would give 0.
  EXPECT_EQ(take(RunStreams(3, 9).of_run(uint64_t{1} << 40, int64_t{1} << 21), 4),
            take(WordStream(3, {0, 9 + (uint64_t{1} << 6)}), 4));
  EXPECT_EQ(take(RunStreams(3, -1).of_run(uint64_t{1} << 34, int64_t{1} << 21), 4), take(WordStream(3, {0, 0}), 4));
  EXPECT_EQ(take(RunStreams(3, 9).of_run(1, int64_t{1} << 21), 4), take(WordStream(3, {uint64_t{1} << 30, 9}), 4));
  EXPECT_EQ(take(RunStreams(3, 0).of_run(kOnes, 1), 4), take(WordStream(3, {kOnes - 511, 511}), 4));
}

}  // namespace
}  // namespace ortnce::sampling
