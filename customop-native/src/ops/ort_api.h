// The C API of the runtime that calls us, and the few owners of its objects.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstdint>
#include <memory>

#include "ops/message.h"

namespace ortnce::ops {

/// The lowest API that has all we call (KernelContext_GetScratchBuffer), so that every supported
/// runtime offers it.
inline constexpr uint32_t kApiVersion = 18;

/// The version of OrtCustomOp that has all the callbacks we set.
inline constexpr uint32_t kOpVersion = 17;

/// The API of the runtime whose call is under way on this thread, as CurrentApi says. A process may hold
/// several runtimes, each with its own, and unload one while the others go on.
const OrtApi& api();

/// Makes an API the current one of this thread for as long as it lives. Every entry from C has one.
class CurrentApi {
 public:
  explicit CurrentApi(const OrtApi& api);
  ~CurrentApi();
  CurrentApi(const CurrentApi&) = delete;
  CurrentApi& operator=(const CurrentApi&) = delete;

 private:
  const OrtApi* before_;
};

/// Throws what a failed call reports.
inline void check(OrtStatus* status) {
  if (status == nullptr) return;
  const Error error(api().GetErrorCode(status), api().GetErrorMessage(status));
  api().ReleaseStatus(status);
  throw error;
}

/// Whether a call succeeded; its report is dropped.
inline bool succeeded(OrtStatus* status) {
  if (status == nullptr) return true;
  api().ReleaseStatus(status);
  return false;
}

struct ReleaseTypeInfo {
  void operator()(OrtTypeInfo* info) const { api().ReleaseTypeInfo(info); }
};
struct ReleaseShapeInfo {
  void operator()(OrtTensorTypeAndShapeInfo* info) const { api().ReleaseTensorTypeAndShapeInfo(info); }
};
struct ReleaseMemoryInfo {
  void operator()(OrtMemoryInfo* info) const { api().ReleaseMemoryInfo(info); }
};

using TypeInfo = std::unique_ptr<OrtTypeInfo, ReleaseTypeInfo>;
using ShapeInfo = std::unique_ptr<OrtTensorTypeAndShapeInfo, ReleaseShapeInfo>;
using MemoryInfo = std::unique_ptr<OrtMemoryInfo, ReleaseMemoryInfo>;

}  // namespace ortnce::ops
