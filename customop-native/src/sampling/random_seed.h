// A seed that differs from session to session.
#pragma once

#include <cstdint>

namespace ortnce::sampling {

/// 64 bits from the operating system's entropy source.
int64_t random_seed();

}  // namespace ortnce::sampling
