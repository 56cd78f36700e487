// Labels as kernels take them: [B, T] class ids, checked, or kIgnoredLabel.
#pragma once

#include <cstdint>

namespace ortnce::kernels {

/// The label of no class.
inline constexpr int64_t kIgnoredLabel = -1;

}  // namespace ortnce::kernels
