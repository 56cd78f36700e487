#include "support/op_runtime.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "support/executors.h"
#include "support/op_api.h"
#include "support/test_device.h"

namespace ortnce::test {
namespace {

const OrtApi* current_api = nullptr;
OrtCustomOpDomain* domain = nullptr;

/// Registers the library with the calls that it is to make from now on.
void register_ops(const OrtApi* api) {
  static const OrtApiBase base = {[](uint32_t) noexcept { return current_api; },
                                  []() noexcept -> const char* { return "1.24.1"; }};
  current_api = api;
  OrtSessionOptions options;
  const std::string error = text_of(RegisterCustomOps(&options, &base));
  if (!error.empty()) throw std::runtime_error(error);
  domain = options.domain;
}

/// Null if the library has no such op.
const OrtCustomOp* find_op(const char* name, Provider provider) {
  static const bool registered = [] {
    if (domain == nullptr) register_ops(&op_api());
    return true;
  }();
  (void)registered;
  const auto found =
      domain->ops.find({name, provider == Provider::kCuda ? "CUDAExecutionProvider" : "CPUExecutionProvider"});
  return found == domain->ops.end() ? nullptr : found->second;
}

OrtValue value_of(const OpTensor& tensor) { return {const_cast<OpTensor*>(&tensor)}; }

bool is_wanted(const std::vector<bool>& wanted, size_t output) { return wanted.empty() || wanted[output]; }

/// The formal input or output that one of a node belongs to: the last may be variadic.
size_t formal(size_t index, size_t count) { return std::min(index, count - 1); }

/// Whether kernels for CUDA take the place of those for the processor, where there are any: so that tests of
/// the processor test the device.
bool prefers_cuda() {
  const char* const provider = std::getenv("ORTNCE_TEST_PROVIDER");
  return provider != nullptr && std::strcmp(provider, "cuda") == 0;
}

void move_to_device(OrtValue* value) {
  const std::vector<unsigned char>& bytes = value->tensor->bytes;
  value->device = device_block(bytes.size());
  value->memory.device = true;
  TestDevice::find()->copy_in(value->device.get(), bytes.data(), bytes.size());
}

}  // namespace

void replace_op_api(const OrtApi* api) { register_ops(api != nullptr ? api : &op_api()); }

bool has_cuda() { return find_op("NceLoss", Provider::kCuda) != nullptr && TestDevice::find() != nullptr; }

bool infers_shapes(const char* name) { return find_op(name, Provider::kCpu)->InferOutputShapeFn != nullptr; }

Inference infer_shapes(const char* name, const std::vector<OpTensor>& inputs,
                       const std::vector<std::vector<std::string>>& names) {
  OrtShapeInferContext context;
  for (size_t i = 0; i < inputs.size(); ++i) {
    context.inputs.push_back({&inputs[i], i < names.size() ? names[i] : std::vector<std::string>{}});
  }
  const OrtCustomOp* const op = find_op(name, Provider::kCpu);
  Inference result;
  result.error = text_of(op->InferOutputShapeFn(op, &context));
  result.outputs = context.outputs;
  return result;
}

OpKernel::OpKernel(const char* name, const std::vector<OpTensor>& declared, const OpAttributes& attributes,
                   const OpSession& session, const std::vector<bool>& wanted)
    : session_(session) {
  if (prefers_cuda() && find_op(name, Provider::kCuda) != nullptr) session_.provider = Provider::kCuda;
  create(name, declared, attributes, wanted);
  if (code_ == ORT_NOT_IMPLEMENTED && session_.provider != session.provider) {
    session_ = session;
    create(name, declared, attributes, wanted);
  }
}

void OpKernel::create(const char* name, const std::vector<OpTensor>& declared, const OpAttributes& attributes,
                      const std::vector<bool>& wanted) {
  op_ = find_op(name, session_.provider);
  if (op_ == nullptr) throw std::invalid_argument(std::string("the library has no op ") + name);
  code_ = ORT_OK;
  outputs_ = wanted.empty() ? op_->GetOutputTypeCount(op_) : wanted.size();
  OrtKernelInfo info{{}, &attributes, {}};
  for (const OpTensor& input : declared) info.declared.push_back(value_of(input));
  for (size_t i = 0; i < outputs_; ++i) info.outputs.push_back(is_wanted(wanted, i));
  error_ = text_of(op_->CreateKernelV2(op_, current_api, &info, &kernel_), &code_);
}

bool OpKernel::is_optional(size_t index) const {
  return op_->GetOutputCharacteristic(op_, formal(index, op_->GetOutputTypeCount(op_))) == INPUT_OUTPUT_OPTIONAL;
}

OpKernel::~OpKernel() {
  if (kernel_ != nullptr) op_->KernelDestroy(kernel_);
}

OpResult OpKernel::run(const std::vector<OpTensor>& inputs, int threads, const std::vector<bool>& wanted) const {
  OpCall call(*this, inputs, threads, wanted);
  OpResult result;
  result.error = call.run(&result.code);
  result.outputs = call.outputs();
  result.blocks = call.memory().blocks;
  result.scratch_bytes = call.memory().bytes;
  result.asked_outputs = call.memory().outputs;
  return result;
}

struct OpCall::State {
  explicit State(int threads) : several(threads) { context.threads = threads == 1 ? static_cast<kernels::Executor*>(&serial) : &several; }

  kernels::SerialExecutor serial;
  ThreadExecutor several;
  OpMemory memory;
  std::vector<OpTensor> outputs;
  OrtKernelContext context;
};

OpCall::OpCall(const OpKernel& kernel, const std::vector<OpTensor>& inputs, int threads,
               const std::vector<bool>& wanted)
    : kernel_(kernel), state_(std::make_unique<State>(threads)) {
  const OrtCustomOp* const op = kernel.op_;
  OrtKernelContext& context = state_->context;
  context.memory = &state_->memory;
  context.device = kernel.session_.provider == Provider::kCuda;
  context.use_tf32 = kernel.session_.use_tf32;
  for (size_t i = 0; i < inputs.size(); ++i) {
    context.inputs.push_back(value_of(inputs[i]));
    if (!context.device || is_absent(inputs[i])) continue;
    const bool on_host = op->GetInputMemoryType(op, formal(i, op->GetInputTypeCount(op))) == OrtMemTypeCPUInput;
    if (!on_host) move_to_device(&context.inputs.back());
  }
  for (size_t i = 0; i < kernel.outputs_; ++i) {
    auto type = op->GetOutputType(op, formal(i, op->GetOutputTypeCount(op)));
    // Like an input, of which op tests use one type.
    if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED) type = inputs.at(1).type;
    state_->outputs.push_back({type, {}, {}});
  }
  for (size_t i = 0; i < kernel.outputs_; ++i) {
    context.outputs.push_back({&state_->outputs[i], is_wanted(wanted, i)});
  }
}

OpCall::~OpCall() = default;

const OpMemory& OpCall::memory() const { return state_->memory; }

OrtStatus* OpCall::compute() { return kernel_.op_->KernelComputeV2(kernel_.kernel_, &state_->context); }

std::string OpCall::run(OrtErrorCode* code) {
  const std::string error = text_of(compute(), code);
  if (state_->context.scratch_blocks != 0) throw std::runtime_error("scratch memory was not given back");
  return error;
}

std::vector<OpTensor> OpCall::outputs() const {
  std::vector<OpTensor> result = state_->outputs;
  if (!state_->context.device) return result;
  const char* const error = TestDevice::find()->synchronize();
  if (error != nullptr) throw std::runtime_error(error);
  for (size_t i = 0; i < result.size(); ++i) {
    const OrtValue& output = state_->context.outputs[i];
    if (output.device == nullptr) continue;
    TestDevice::find()->copy_out(result[i].bytes.data(), output.device.get(), result[i].bytes.size());
  }
  return result;
}

}  // namespace ortnce::test
