// The arithmetic of sampling over many words or ids, in the instructions of the active level.
#pragma once

#include <cstdint>

#include "sampling/philox.h"

namespace ortnce::sampling::cpu {

/// Writes the four words of each of at most `blocks` blocks from block `start` on. Returns how many
/// blocks were written: those that fill whole vectors.
int64_t philox_words(uint64_t key, BlockCounter start, int64_t blocks, uint32_t* words);

/// Draws two ids from each of at most `blocks` blocks of words from block `start` on, into
/// ids[0 .. 2 * returned). Returns how many blocks were used: those that fill whole vectors.
/// The ids are those of log_uniform_id.
int64_t draw_log_uniform(uint64_t key, BlockCounter start, int64_t blocks, double log_range, int64_t range_max,
                         int64_t* ids);

/// out[i] = log1p(1 / (ids[i] + 1)) / log_range, rounded once.
void log_uniform_probabilities(const int64_t* ids, int64_t count, double log_range, float* out);

/// out[i] = 1 - (1 - p[i])^tries, rounded once.
void unique_expected_counts(const float* p, int64_t count, int64_t tries, float* out);

}  // namespace ortnce::sampling::cpu
