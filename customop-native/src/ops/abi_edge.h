// The border to C: nothing thrown inside crosses it, and what runs inside calls the runtime that entered.
#pragma once

#include <cstdio>
#include <exception>
#include <new>

#include "ops/ort_api.h"

namespace ortnce::ops {

/// A status made without allocating, for when memory is what ran out.
inline OrtStatus* failure(const char* op, const char* reason) noexcept {
  char text[256];
  std::snprintf(text, sizeof(text), "%s: %s", op, reason);
  return api().CreateStatus(ORT_FAIL, text);
}

/// Runs body for a call of the runtime that has `runtime_api` and turns what it throws into a status; null is
/// success.
template <class Body>
OrtStatus* guarded(const OrtApi& runtime_api, const char* op, Body&& body) noexcept {
  const CurrentApi current(runtime_api);
  try {
    body();
    return nullptr;
  } catch (const Error& error) {
    return api().CreateStatus(error.code(), error.text());
  } catch (const std::bad_alloc&) {
    return failure(op, "out of memory");
  } catch (const std::exception& error) {
    return failure(op, error.what());
  } catch (...) {
    return failure(op, "unknown exception");
  }
}

}  // namespace ortnce::ops
