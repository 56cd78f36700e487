// The n-th thing that may fail does: an allocation by operator new or the runtime's allocator, or a call of
// the C API.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstdint>

namespace ortnce::test {

/// Arms the next fault at its n-th chance, from 1 on, for this thread and those it starts.
class ArmedFault {
 public:
  explicit ArmedFault(int64_t n);
  ~ArmedFault();
  ArmedFault(const ArmedFault&) = delete;
  ArmedFault& operator=(const ArmedFault&) = delete;

  /// Whether it came to the n-th chance.
  bool fired() const;
};

/// The C API of op tests, each of whose calls is a chance to fail. What the runtime allocates is none.
const OrtApi& faulty_op_api();

/// Blocks of operator new that were not given back.
int64_t living_blocks();

}  // namespace ortnce::test
