// The stream of random words of TensorFlow's random ops: Philox 4x32 with ten rounds
// (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), keyed by (seed, seed2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ortnce::sampling {

/// Position of a block in the stream; blocks of a stream are numbered modulo 2^128.
struct BlockCounter {
  uint64_t low = 0;
  uint64_t high = 0;

  BlockCounter plus(uint64_t low_blocks, uint64_t high_blocks = 0) const {
    BlockCounter sum{low + low_blocks, high + high_blocks};
    if (sum.low < low) ++sum.high;
    return sum;
  }
};

/// One block: four words as a pure function of key and counter.
inline std::array<uint32_t, 4> philox_block(uint64_t key, BlockCounter counter) {
  constexpr uint64_t kMultiplier0 = 0xD2511F53u, kMultiplier2 = 0xCD9E8D57u;
  constexpr uint32_t kWeyl0 = 0x9E3779B9u, kWeyl1 = 0xBB67AE85u;
  uint32_t c0 = static_cast<uint32_t>(counter.low), c1 = static_cast<uint32_t>(counter.low >> 32);
  uint32_t c2 = static_cast<uint32_t>(counter.high), c3 = static_cast<uint32_t>(counter.high >> 32);
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p = kMultiplier0 * c0;
    const uint64_t q = kMultiplier2 * c2;
    c0 = static_cast<uint32_t>(q >> 32) ^ c1 ^ k0;
    c1 = static_cast<uint32_t>(q);
    c2 = static_cast<uint32_t>(p >> 32) ^ c3 ^ k1;
    c3 = static_cast<uint32_t>(p);
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  return {c0, c1, c2, c3};
}

/// Turns random words into uniform numbers in [0, n): n >= 1. The words below 2^bits mod n are
/// rejected, so that each remainder has as many words.
template <class Word, class Wide>
class Below {
 public:
  explicit Below(Word n)
      : n_(n),
        inverse_(static_cast<Word>(~Word{0}) / n),
        rejected_((n & (n - 1)) == 0 ? Word{0} : static_cast<Word>(static_cast<Word>(~Word{0}) % n + 1)) {}

  bool rejects(Word word) const { return word < rejected_; }

  /// word mod n. inverse_ is at most 1 below 2^bits / n, so the quotient is at most 1 too small.
  Word remainder(Word word) const {
    constexpr int kBits = 8 * sizeof(Word);
    const Word quotient = static_cast<Word>((static_cast<Wide>(word) * inverse_) >> kBits);
    const Word rest = static_cast<Word>(word - quotient * n_);
    return rest >= n_ ? rest - n_ : rest;
  }

 private:
  Word n_, inverse_, rejected_;
};

__extension__ using Below64 = Below<uint64_t, unsigned __int128>;
using Below32 = Below<uint32_t, uint64_t>;

/// In [0, 1), a multiple of 2^-23: the low bits of a word.
inline float unit_float(uint32_t word) { return static_cast<float>(word & 0x7FFFFFu) * 0x1p-23f; }

/// Words of one call, in order: lanes 0 to 3 of the start block, then of the next.
class WordStream {
 public:
  WordStream(uint64_t key, BlockCounter start) : key_(key), next_(start) {}

  uint32_t next_word() {
    if (lane_ == 4) {
      block_ = philox_block(key_, next_);
      next_ = next_.plus(1);
      lane_ = 0;
    }
    return block_[static_cast<size_t>(lane_++)];
  }

  /// Writes the next `count` words.
  void next_words(uint32_t* words, int64_t count);

  /// In [0, 1), a multiple of 2^-52. The first word gives the high 20 bits.
  double next_unit_double() {
    const uint64_t high = next_word() & 0xFFFFFu;
    const uint64_t low = next_word();
    return static_cast<double>((high << 32) | low) * 0x1p-52;
  }

  /// Whether the next word is the first of a block; then next_block() tells which.
  bool at_block_start() const { return lane_ == 4; }
  uint64_t key() const { return key_; }
  BlockCounter next_block() const { return next_; }

  /// Requires at_block_start().
  void skip_blocks(uint64_t blocks) { next_ = next_.plus(blocks); }

 private:
  uint64_t key_;
  BlockCounter next_;
  std::array<uint32_t, 4> block_{};
  int lane_ = 4;
};

}  // namespace ortnce::sampling
