#include "sampling/philox.h"

#include "sampling/cpu/sampling_block.h"

namespace ortnce::sampling {

void WordStream::next_words(uint32_t* words, int64_t count) {
  int64_t at = 0;
  while (at < count && !at_block_start()) words[at++] = next_word();
  const int64_t blocks = cpu::philox_words(key_, next_, (count - at) / 4, words + at);
  skip_blocks(static_cast<uint64_t>(blocks));
  for (at += 4 * blocks; at < count; ++at) words[at] = next_word();
}

}  // namespace ortnce::sampling
