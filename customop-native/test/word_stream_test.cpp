// WordStream::next_words against next_word, at every level: counts around vectors of 4 and 8 blocks,
// starts in mid-block, counters that carry. Below against `%`, for chosen and random words.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "sampling/philox.h"
#include "sampling/run_streams.h"

namespace ortnce::sampling {
namespace {

TEST(WordStream, ManyWordsAreThoseOneByOne) {
  for (const uint64_t low : {uint64_t{0}, UINT64_MAX - 5, (uint64_t{1} << 32) - 3}) {
    for (int64_t skipped = 0; skipped < 6; ++skipped) {
      for (int64_t count = 0; count < 140; ++count) {
        WordStream one(99, {low, 7}), many = one;
        for (int64_t i = 0; i < skipped; ++i) EXPECT_EQ(one.next_word(), many.next_word());
        std::vector<uint32_t> expected, words(static_cast<size_t>(count) + 1, 0xCAFE);
        for (int64_t i = 0; i < count; ++i) expected.push_back(one.next_word());
        expected.push_back(0xCAFE);
        many.next_words(words.data(), count);
        ASSERT_EQ(words, expected) << skipped << " + " << count;
        ASSERT_EQ(many.next_word(), one.next_word()) << skipped << " + " << count;
      }
    }
  }
}

TEST(Below, RecordedFromTensorFlow) {
  WordStream stream = RunStreams(1, 2).of_run(0, 8);
  const Below32 below(1000);
  for (const uint32_t expected : {999u, 915u, 302u}) EXPECT_EQ(below.remainder(stream.next_word()), expected);
}

TEST(UnitFloat, RecordedFromTensorFlow) {
  WordStream stream = RunStreams(1, 2).of_run(0, 8);
  EXPECT_EQ(unit_float(stream.next_word()), 0.406396746635437f);
  EXPECT_EQ(unit_float(stream.next_word()), 0.8575996160507202f);
  EXPECT_EQ(unit_float(UINT32_MAX), 1 - 0x1p-23f);
}

template <class Word, class Wide>
void expect_remainders(Word n, std::mt19937_64& random) {
  const Below<Word, Wide> below(n);
  const Word largest = static_cast<Word>(~Word{0});
  // 2^bits mod n words are rejected, which leaves a multiple of n.
  const Word rejected = static_cast<Word>((largest % n + 1) % n);
  std::vector<Word> words{0, 1, n, largest, largest / 2, rejected};
  for (Word near = 1; near <= 2; ++near) {
    for (const Word word : {n, largest, rejected, static_cast<Word>(largest / n * n)}) {
      words.push_back(static_cast<Word>(word - near));
      words.push_back(static_cast<Word>(word + near));
    }
  }
  for (int i = 0; i < 100; ++i) words.push_back(static_cast<Word>(random()));
  for (const Word word : words) {
    ASSERT_EQ(below.remainder(word), word % n) << word << " mod " << n;
    ASSERT_EQ(below.rejects(word), word < rejected) << word << " below " << n;
  }
}

TEST(Below, RemaindersAndRejections) {
  std::mt19937_64 random(5);
  for (int bit = 0; bit < 64; ++bit) {
    for (const int near : {-2, -1, 0, 1, 2}) {
      const uint64_t n = (uint64_t{1} << bit) + static_cast<uint64_t>(near);
      __extension__ using Wide = unsigned __int128;
      if (n != 0) expect_remainders<uint64_t, Wide>(n, random);
      if (n != 0 && n <= UINT32_MAX) expect_remainders<uint32_t, uint64_t>(static_cast<uint32_t>(n), random);
    }
  }
  for (int i = 0; i < 10'000; ++i) {
    __extension__ using Wide = unsigned __int128;
    const uint64_t n = (random() >> (random() % 64)) | 1;
    expect_remainders<uint64_t, Wide>(n, random);
    expect_remainders<uint32_t, uint64_t>(static_cast<uint32_t>(n) | 1, random);
  }
}

}  // namespace
}  // namespace ortnce::sampling
