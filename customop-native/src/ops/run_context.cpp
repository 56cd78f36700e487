#include "ops/run_context.h"

#include <atomic>
#include <exception>

#include "ops/message.h"

namespace ortnce::ops {

const InputTensor RunInputs::kAbsent{};

std::vector<const TensorSpec*> specs_of(const std::vector<InputTensor>& inputs) {
  std::vector<const TensorSpec*> result;
  for (const InputTensor& input : inputs) result.push_back(&input.spec);
  return result;
}

MemoryInfo cpu_memory() {
  OrtMemoryInfo* memory = nullptr;
  check(api().CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));
  return MemoryInfo(memory);
}

size_t RunContext::input_count() const {
  size_t count = 0;
  check(api().KernelContext_GetInputCount(context_, &count));
  return count;
}

InputTensor input_tensor(const OrtValue* value) {
  InputTensor tensor;
  if (value == nullptr) return tensor;
  OrtTensorTypeAndShapeInfo* raw = nullptr;
  check(api().GetTensorTypeAndShape(value, &raw));
  const ShapeInfo info(raw);
  tensor.spec = tensor_spec(info.get(), true);
  void* data = nullptr;
  check(api().GetTensorMutableData(const_cast<OrtValue*>(value), &data));
  tensor.data = data;
  return tensor;
}

InputTensor RunContext::input(size_t index) const {
  const OrtValue* value = nullptr;
  check(api().KernelContext_GetInput(context_, index, &value));
  return input_tensor(value);
}

const OrtMemoryInfo* RunContext::input_memory(size_t index) const {
  const OrtValue* value = nullptr;
  check(api().KernelContext_GetInput(context_, index, &value));
  const OrtMemoryInfo* memory = nullptr;
  check(api().GetTensorMemoryInfo(value, &memory));
  return memory;
}

OrtValue* RunContext::output_value(size_t index, const std::vector<int64_t>& dims) const {
  size_t count = 0;
  check(api().KernelContext_GetOutputCount(context_, &count));
  if (index >= count) return nullptr;
  OrtValue* value = nullptr;
  check(api().KernelContext_GetOutput(context_, index, dims.data(), dims.size(), &value));
  return value;
}

void* RunContext::output_data(size_t index, const std::vector<int64_t>& dims) const {
  OrtValue* const value = output_value(index, dims);
  if (value == nullptr) return nullptr;
  void* data = nullptr;
  check(api().GetTensorMutableData(value, &data));
  return data;
}

void RunContext::string_output(size_t index, const char* const* texts, size_t count) const {
  OrtValue* const value = output_value(index, {static_cast<int64_t>(count)});
  if (value != nullptr) check(api().FillStringTensor(value, texts, count));
}

void RunContext::run(int64_t tasks, Task task, void* state) {
  if (tasks == 1) {
    task(state, 0);
    return;
  }
  if (tasks <= 0) return;
  struct Closure {
    Task task;
    void* state;
    std::atomic<bool> failed{false};
    std::exception_ptr error = nullptr;  // of the first task that failed
  } closure{task, state};
  // An exception that left this callback would kill the process: it is kept for the caller.
  check(api().KernelContext_ParallelFor(
      context_,
      [](void* data, size_t index) {
        auto* const c = static_cast<Closure*>(data);
        try {
          c->task(c->state, static_cast<int64_t>(index));
        } catch (...) {
          if (!c->failed.exchange(true)) c->error = std::current_exception();
        }
      },
      static_cast<size_t>(tasks), 0, &closure));
  if (closure.error != nullptr) std::rethrow_exception(closure.error);
}

size_t Workspace::reserve(int64_t count, size_t element_bytes) {
  const size_t offset = bytes_;
  size_t bytes = 0;
  if (count < 0 || __builtin_mul_overflow(static_cast<size_t>(count), element_bytes, &bytes) ||
      __builtin_add_overflow(bytes, kAlignment - 1, &bytes) ||
      __builtin_add_overflow(bytes_, bytes / kAlignment * kAlignment, &bytes_)) {
    overflow_ = true;
  }
  return offset;
}

void Workspace::allocate(const RunContext& context, const OrtMemoryInfo* memory, const char* op) {
  if (overflow_) throw Error(ORT_FAIL, format("%s: the working memory of these shapes overflows 2^64 bytes", op));
  if (bytes_ == 0) return;
  check(api().KernelContext_GetAllocator(context.raw(), memory, &allocator_));
  try {
    block_ = static_cast<unsigned char*>(allocator_->Alloc(allocator_, bytes_));
  } catch (...) {
    // ONNX Runtime's arena throws where a plain allocator returns null; its text names no op.
  }
  if (block_ == nullptr) throw Error(ORT_FAIL, format("%s: no memory for %zu bytes of working memory", op, bytes_));
}

Workspace::~Workspace() {
  if (block_ != nullptr) allocator_->Free(allocator_, block_);
  if (allocator_ != nullptr) api().ReleaseAllocator(allocator_);
}

}  // namespace ortnce::ops
