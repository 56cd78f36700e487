// The C API of the runtime of op tests: the insides of its types, and the table of its calls.
#pragma once

#include <onnxruntime_c_api.h>

#include <map>
#include <string>
#include <vector>

#include "kernels/parallel.h"
#include "support/op_runtime.h"

// The C API leaves the insides of its types to the runtime.
struct OrtStatus {
  OrtErrorCode code;
  std::string text;
};
struct OrtTensorTypeAndShapeInfo {
  const ortnce::test::OpTensor* tensor;
};
struct OrtTypeInfo {
  OrtTensorTypeAndShapeInfo tensor;
};
struct OrtValue {
  ortnce::test::OpTensor* tensor;
  bool wanted = true;  // of an output
};
struct OrtKernelInfo {
  std::vector<OrtValue> declared;
  const ortnce::test::OpAttributes* attributes;
  size_t outputs;
};
struct OrtKernelContext {
  std::vector<OrtValue> inputs, outputs;
  ortnce::kernels::Executor* threads;
  ortnce::test::OpMemory* memory;
};
struct OrtMemoryInfo {};
struct OrtCustomOpDomain {
  std::map<std::string, const OrtCustomOp*, std::less<>> ops;
};
struct OrtSessionOptions {
  OrtCustomOpDomain* domain = nullptr;
};

extern "C" OrtStatus* RegisterCustomOps(OrtSessionOptions* options, const OrtApiBase* base);

namespace ortnce::test {

/// Every call that the ops make.
const OrtApi& op_api();

/// Lets `api` stand in for op_api() in all that kernels call from now on; null ends it.
void replace_op_api(const OrtApi* api);

/// Returns the text of a status, which it releases; empty for success.
std::string text_of(OrtStatus* status, OrtErrorCode* code = nullptr);

}  // namespace ortnce::test
