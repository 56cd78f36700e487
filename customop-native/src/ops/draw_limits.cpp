#include "ops/draw_limits.h"

#include "ops/message.h"

namespace ortnce::ops {

void check_reach(const char* op, const sampling::Distribution& distribution, int64_t num_sampled) {
  if (!sampling::is_out_of_reach(distribution, num_sampled)) return;
  invalid(
      format("%s: num_sampled = %lld distinct candidates of range_max = %lld classes cannot be drawn in %lld "
             "draws; expected a smaller num_sampled, or unique = 0",
             op, printable(num_sampled), printable(distribution.range_max()), printable(sampling::kMaxTries)));
}

void check_tries(const char* op, const sampling::Distribution& distribution, int64_t num_sampled, int64_t tries) {
  if (tries >= 0) return;
  throw Error(ORT_FAIL,
              format("%s: num_sampled = %lld distinct candidates of range_max = %lld classes were not found "
                     "in %lld draws; expected a smaller num_sampled",
                     op, printable(num_sampled), printable(distribution.range_max()), printable(sampling::kMaxTries)));
}

}  // namespace ortnce::ops
