// The fuzz targets: one op each, a node from bytes, run at every instruction-set level.
#pragma once

#include <cstddef>
#include <cstdint>

#include "support/op_node.h"

namespace ortnce::fuzz {

/// The oracle, and the levels against each other, take longer than a run: where there is little time they judge one
/// execution in so many.
inline constexpr uint64_t kJudgedOneIn = 16;

struct Target {
  const char* name;
  test::OpNode (*build)(const test::NodeSizes& sizes, uint64_t seed);
};

/// The target of a name, or null.
const Target* find_target(const char* name);

/// Makes a node of the bytes and runs it. Aborts, after printing why, on an error that does not explain itself.
/// `judged`: also on an output that the oracle refuses, and for one node in 8 on levels of this processor that
/// disagree where they must not; otherwise one level runs.
void run_target(const Target& target, const uint8_t* data, size_t size, bool judged);

}  // namespace ortnce::fuzz
