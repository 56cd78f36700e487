// The input `step` that samplers and NceLoss share.
#pragma once

#include <cstdint>

#include "ops/run_context.h"
#include "ops/tensor_spec.h"
#include "sampling/run_streams.h"

namespace ortnce::ops {

/// Throws unless `step` is absent or an int64 scalar or [1], as far as that is known.
void check_step(const char* op, const TensorSpec& step);

/// Throws if the value of `step` is negative.
void check_step_value(const char* op, const InputTensor& step);

/// The number of the run: the value of `step`, else the next of the stream.
uint64_t run_number(const InputTensor& step, sampling::RunStreams& streams);

}  // namespace ortnce::ops
