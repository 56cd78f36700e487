// Conversion of arrays between float and the type that they are stored in.
#pragma once

#include <cstdint>

#include "kernels/element_type.h"
#include "kernels/parallel.h"

namespace ortnce::kernels {

/// to[i] = from[i], exactly, for `count` elements of `type`.
void widen(ElementType type, const void* from, int64_t count, float* to);

/// The same, spread over threads where that pays.
void widen(ElementType type, const void* from, int64_t count, float* to, Executor& executor);

/// to[i] = from[i], rounded to nearest, ties to even, for `count` elements of `type`.
void narrow(const float* from, int64_t count, ElementType type, void* to);

/// The same, spread over threads where that pays.
void narrow(const float* from, int64_t count, ElementType type, void* to, Executor& executor);

}  // namespace ortnce::kernels
