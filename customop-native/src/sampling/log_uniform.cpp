#include "sampling/log_uniform.h"

#include <algorithm>
#include <cmath>

#include "platform/libm.h"
#include "sampling/cpu/sampling_block.h"

namespace ortnce::sampling {

int64_t log_uniform_id(double unit, double log_range, int64_t range_max) {
  // The largest double below 2^63: exp may round up to 2^63, which no int64 holds.
  constexpr double kLargest = 0x1.fffffffffffffp62;
  const double power = platform::exp(unit * log_range);
  return (static_cast<int64_t>(std::min(power, kLargest)) - 1) % range_max;
}

LogUniform::LogUniform(int64_t range_max)
    : range_max_(range_max), log_range_(std::log1p(static_cast<double>(range_max))) {}

void LogUniform::draw(WordStream& stream, int64_t count, int64_t* ids) const {
  int64_t drawn = 0;
  if (stream.at_block_start()) {
    const int64_t blocks =
        cpu::draw_log_uniform(stream.key(), stream.next_block(), count / 2, log_range_, range_max_, ids);
    stream.skip_blocks(static_cast<uint64_t>(blocks));
    drawn = 2 * blocks;
  }
  for (; drawn < count; ++drawn) ids[drawn] = log_uniform_id(stream.next_unit_double(), log_range_, range_max_);
}

void LogUniform::probabilities(const int64_t* ids, int64_t count, float* out) const {
  cpu::log_uniform_probabilities(ids, count, log_range_, out);
}

double LogUniform::expected_distinct(double tries) const {
  // Ids in bins of 1/64 of their size, each bin at the probability of its most likely id.
  double distinct = 0;
  for (double first = 0; first < static_cast<double>(range_max_);) {
    const double size = std::min(std::max(1.0, std::floor(first / 64)), static_cast<double>(range_max_) - first);
    const double p = std::log1p(1 / (first + 1)) / log_range_;
    distinct -= size * std::expm1(tries * std::log1p(-p));
    first += size;
  }
  return distinct;
}

}  // namespace ortnce::sampling
