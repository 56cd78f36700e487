// The symbol version every glibc of this architecture has.
//
// ONNX Runtime runs on glibc 2.28; a library built on a newer system must not ask for more.
#pragma once

#include <features.h>

#if defined(__GLIBC__) && defined(__x86_64__)
#define ORTNCE_OLDEST_GLIBC "GLIBC_2.2.5"
#elif defined(__GLIBC__) && defined(__aarch64__)
#define ORTNCE_OLDEST_GLIBC "GLIBC_2.17"
#endif
