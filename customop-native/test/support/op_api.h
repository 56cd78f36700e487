// The C API of the runtime of op tests: the insides of its types, and the table of its calls.
#pragma once

#include <onnxruntime_c_api.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
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
  std::vector<std::string> names = {};  // of the dimensions, "" for none
  ortnce::test::OpTensor own = {};      // of CreateTensorTypeAndShapeInfo: what `tensor` is then
};
struct OrtTypeInfo {
  OrtTensorTypeAndShapeInfo tensor;
};
struct OrtMemoryInfo {
  bool device = false;
};
struct OrtValue {
  ortnce::test::OpTensor* tensor;
  bool wanted = true;                          // of an output
  std::shared_ptr<unsigned char> device = {};  // where the bytes are if not in `tensor`
  OrtMemoryInfo memory = {};
};
struct OrtKernelInfo {
  std::vector<OrtValue> declared;
  const ortnce::test::OpAttributes* attributes;
  std::vector<bool> outputs;  // which the node has
};
struct OrtKernelContext {
  std::vector<OrtValue> inputs, outputs;
  ortnce::kernels::Executor* threads = nullptr;
  ortnce::test::OpMemory* memory = nullptr;
  bool device = false;
  bool use_tf32 = false;
  mutable int scratch_blocks = 0;  // of device memory that were not given back
};
struct OrtShapeInferContext {
  std::vector<OrtTensorTypeAndShapeInfo> inputs;
  std::map<size_t, ortnce::test::InferredOutput> outputs = {};
};
struct OrtCustomOpDomain {
  std::map<std::pair<std::string, std::string>, const OrtCustomOp*> ops;  // by name and provider
};
struct OrtSessionOptions {
  OrtCustomOpDomain* domain = nullptr;
};

extern "C" OrtStatus* RegisterCustomOps(OrtSessionOptions* options, const OrtApiBase* base);

namespace ortnce::test {

/// Adds the calls of shape inference to an API.
void set_inference_calls(OrtApi* api);

/// Every call that the ops make.
const OrtApi& op_api();

/// Lets `api` stand in for op_api() in all that kernels call from now on; null ends it.
void replace_op_api(const OrtApi* api);

/// Memory of the test device, which releases itself.
std::shared_ptr<unsigned char> device_block(size_t bytes);

bool is_absent(const OpTensor& tensor);

/// Returns the text of a status, which it releases; empty for success.
std::string text_of(OrtStatus* status, OrtErrorCode* code = nullptr);

}  // namespace ortnce::test
