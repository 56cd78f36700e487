// A runtime for one op at a time: it registers the built library as ONNX Runtime does, creates a
// kernel and runs it, with threads of its own. What an op test needs of the C API, and no more.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ortnce::test {

/// A tensor of the caller, or what a graph declares of one: then -1 is an unknown dimension, no
/// dimensions an unknown rank, and there are no bytes. No type: an input that is left out.
struct OpTensor {
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  std::vector<int64_t> dims;
  std::vector<unsigned char> bytes;

  template <class T>
  std::vector<T> numbers() const {
    std::vector<T> result(bytes.size() / sizeof(T));
    if (!result.empty()) std::memcpy(result.data(), bytes.data(), bytes.size());
    return result;
  }
};

template <class T>
OpTensor op_tensor(ONNXTensorElementDataType type, std::vector<int64_t> dims, const std::vector<T>& numbers) {
  OpTensor tensor{type, std::move(dims), std::vector<unsigned char>(numbers.size() * sizeof(T))};
  if (!numbers.empty()) std::memcpy(tensor.bytes.data(), numbers.data(), tensor.bytes.size());
  return tensor;
}

inline OpTensor floats(std::vector<int64_t> dims, const std::vector<float>& numbers) {
  return op_tensor(ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, std::move(dims), numbers);
}
inline OpTensor int64s(std::vector<int64_t> dims, const std::vector<int64_t>& numbers) {
  return op_tensor(ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, std::move(dims), numbers);
}
inline OpTensor int32s(std::vector<int64_t> dims, const std::vector<int32_t>& numbers) {
  return op_tensor(ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, std::move(dims), numbers);
}

inline OpTensor doubles(std::vector<int64_t> dims, const std::vector<double>& numbers) {
  return op_tensor(ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, std::move(dims), numbers);
}

/// The attributes of a node.
struct OpAttributes {
  std::map<std::string, int64_t> ints;
  std::map<std::string, std::string> strings;
};

/// What a run gave: outputs, or the text of an error.
struct OpResult {
  std::vector<OpTensor> outputs;
  std::string error;
  OrtErrorCode code = ORT_OK;
};

enum class Provider { kCpu, kCuda };

/// Whether the library has kernels for CUDA, and there is a device for them.
bool has_cuda();

/// What a session has besides the graph.
struct OpSession {
  Provider provider = Provider::kCpu;
  bool use_tf32 = false;
};

/// A kernel of the op called `name`.
class OpKernel {
 public:
  /// `declared`: the inputs as the graph declares them; `wanted`: which outputs the node has, all if empty.
  /// Sets error() if the kernel refuses them.
  OpKernel(const char* name, const std::vector<OpTensor>& declared, const OpAttributes& attributes = {},
           const OpSession& session = {}, const std::vector<bool>& wanted = {});
  ~OpKernel();
  OpKernel(const OpKernel&) = delete;
  OpKernel& operator=(const OpKernel&) = delete;

  const std::string& error() const { return error_; }
  OrtErrorCode code() const { return code_; }

  /// One run; tasks are spread over `threads` threads. `wanted`: which outputs the node has, all if
  /// empty; the others stay without bytes. Needs error() to be empty.
  OpResult run(const std::vector<OpTensor>& inputs, int threads = 1, const std::vector<bool>& wanted = {}) const;

 private:
  friend class OpCall;

  const OrtCustomOp* op_;
  OpSession session_;
  void* kernel_ = nullptr;
  std::string error_;
  OrtErrorCode code_ = ORT_OK;
};

/// Runs of a kernel on values that stay where they are, on the device if it is one of CUDA: for measurements.
class OpCall {
 public:
  OpCall(const OpKernel& kernel, const std::vector<OpTensor>& inputs, int threads = 1,
         const std::vector<bool>& wanted = {});
  ~OpCall();
  OpCall(const OpCall&) = delete;
  OpCall& operator=(const OpCall&) = delete;

  /// One run, queued if it is on a device; returns the text of an error, empty for none.
  std::string run(OrtErrorCode* code = nullptr);

  /// Waits for the runs and returns what the last wrote; throws what the device reports.
  std::vector<OpTensor> outputs() const;

 private:
  struct State;
  const OpKernel& kernel_;
  std::unique_ptr<State> state_;
};

}  // namespace ortnce::test
