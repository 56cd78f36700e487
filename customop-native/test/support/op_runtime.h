// A runtime for one op at a time: it registers the library as ONNX Runtime does, creates a kernel and
// runs it, with threads of its own. What an op test needs of the C API, and no more.
#pragma once

#include <onnxruntime_c_api.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ortnce::test {

/// A tensor of the caller, or what a graph declares of one: then -1 is an unknown dimension, no
/// dimensions an unknown rank, and bytes are those of a constant. No type: an input that is left out.
struct OpTensor {
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  std::vector<int64_t> dims;
  std::vector<unsigned char> bytes;
  const void* borrowed = nullptr;  // what lies in memory of the caller instead of `bytes`

  const void* data() const { return borrowed != nullptr ? borrowed : bytes.data(); }

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
  template <class T>
  using Named = std::map<std::string, T, std::less<>>;

  Named<int64_t> ints = {};
  Named<std::string> strings = {};
  Named<float> floats = {};
  Named<std::vector<int64_t>> int_lists = {};
  Named<std::vector<float>> float_lists = {};
};

/// The most bytes of one output or block of working memory from now on; more is an error of the runtime.
void limit_op_memory(size_t bytes);

/// What a run asked the runtime for.
struct OpMemory {
  std::atomic<int64_t> blocks{0};   // of working memory
  std::atomic<int64_t> bytes{0};    // of these blocks
  std::atomic<int64_t> outputs{0};  // that the node has
};

/// What a run gave: outputs, or the text of an error.
struct OpResult {
  std::vector<OpTensor> outputs;
  std::string error;
  OrtErrorCode code = ORT_OK;
  int64_t blocks = 0;         // of working memory that were asked for
  int64_t scratch_bytes = 0;  // in these blocks
  int64_t asked_outputs = 0;  // outputs that were asked for
};

enum class Provider { kCpu, kCuda };

/// What the runtime is to know of an output before any run.
struct InferredOutput {
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  std::vector<int64_t> dims;       // -1: see `names`
  std::vector<std::string> names;  // of the dimensions, "" for none
};

/// What an op infers from its inputs: outputs by their index, or the text of an error.
struct Inference {
  std::map<size_t, InferredOutput> outputs;
  std::string error;
};

/// Whether the op called `name` infers anything.
bool infers_shapes(const char* name);

/// Lets the op infer. `inputs`: as a graph declares them; `names`: those of the dimensions of each, none where
/// there are fewer.
Inference infer_shapes(const char* name, const std::vector<OpTensor>& inputs,
                       const std::vector<std::vector<std::string>>& names = {});

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
  /// `declared`: the inputs as the graph declares them; `wanted`: which outputs the node has, all of the op if
  /// empty. Sets error() if the kernel refuses them. With ORTNCE_TEST_PROVIDER=cuda in the environment, kernels
  /// for CUDA come first, where the library has one that does not refuse the node.
  OpKernel(const char* name, const std::vector<OpTensor>& declared, const OpAttributes& attributes = {},
           const OpSession& session = {}, const std::vector<bool>& wanted = {});
  ~OpKernel();
  OpKernel(const OpKernel&) = delete;
  OpKernel& operator=(const OpKernel&) = delete;

  const std::string& error() const { return error_; }
  OrtErrorCode code() const { return code_; }

  size_t outputs() const { return outputs_; }
  /// Whether a node may lack output `index`.
  bool is_optional(size_t index) const;

  /// One run; tasks are spread over `threads` threads. `wanted`: which outputs the node has, all if
  /// empty; the others stay without bytes. Needs error() to be empty.
  OpResult run(const std::vector<OpTensor>& inputs, int threads = 1, const std::vector<bool>& wanted = {}) const;

 private:
  friend class OpCall;

  void create(const char* name, const std::vector<OpTensor>& declared, const OpAttributes& attributes,
              const std::vector<bool>& wanted);

  const OrtCustomOp* op_ = nullptr;
  OpSession session_;
  size_t outputs_ = 0;
  void* kernel_ = nullptr;
  std::string error_;
  OrtErrorCode code_ = ORT_OK;
};

/// Runs of a kernel on values that stay where they are, on the device if it is one of CUDA: for measurements.
class OpCall {
 public:
  /// `inputs` must live as long.
  OpCall(const OpKernel& kernel, const std::vector<OpTensor>& inputs, int threads = 1,
         const std::vector<bool>& wanted = {});
  ~OpCall();
  OpCall(const OpCall&) = delete;
  OpCall& operator=(const OpCall&) = delete;

  /// One run, queued if it is on a device; returns the status, of which the caller is the owner.
  OrtStatus* compute();

  /// The same; returns the text of an error, empty for none.
  std::string run(OrtErrorCode* code = nullptr);

  /// Waits for the runs and returns what the last wrote; throws what the device reports.
  std::vector<OpTensor> outputs() const;

  const OpMemory& memory() const;

 private:
  struct State;
  const OpKernel& kernel_;
  std::unique_ptr<State> state_;
};

}  // namespace ortnce::test
