// The input `step` that samplers and NceLoss share.
#pragma once

#include <cstdint>
#include <optional>

#include "ops/run_context.h"
#include "ops/tensor_spec.h"
#include "sampling/run_streams.h"

namespace ortnce::ops {

/// Throws unless `step` is absent or an int64 scalar or [1], as far as that is known.
void check_step(const char* op, const TensorSpec& step);

/// The value of `step`, read once, or nothing if it is absent. Throws if it is negative.
std::optional<uint64_t> read_step(const char* op, const InputTensor& step);

/// The number of the run: the step, else the next of the stream.
inline uint64_t run_number(std::optional<uint64_t> step, sampling::RunStreams& streams) {
  return step ? *step : streams.next_run();
}

}  // namespace ortnce::ops
