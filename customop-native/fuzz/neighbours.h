// Inputs near those that are saved: what a test run tries besides them in the seconds that it has.
#pragma once

#include <cstdint>
#include <vector>

#include "target.h"

namespace ortnce::fuzz {

using Input = std::vector<uint8_t>;

/// Runs changed copies of `inputs` for so many seconds and returns how many. Prints the one that ends the process.
int64_t run_neighbours(const Target& target, const std::vector<Input>& inputs, double seconds, uint64_t seed);

}  // namespace ortnce::fuzz
