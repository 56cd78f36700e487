// One run of a kernel: its inputs, outputs, scratch memory and threads.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/parallel.h"
#include "ops/ort_api.h"
#include "ops/tensor_spec.h"

namespace ortnce::ops {

/// An input of this run: where it lies and what it is. Not present for a hole.
struct InputTensor {
  TensorSpec spec;
  const void* data = nullptr;

  template <class T>
  const T* as() const {
    return static_cast<const T*>(data);
  }
};

/// The tensor of a value; not present for null.
InputTensor input_tensor(const OrtValue* value);

/// Thin access to OrtKernelContext; throws Error on failure.
class RunContext final : public kernels::Executor {
 public:
  explicit RunContext(OrtKernelContext* context) : context_(context) {}

  size_t input_count() const;
  InputTensor input(size_t index) const;

  /// The memory that input `index`, which is present, lies in.
  const OrtMemoryInfo* input_memory(size_t index) const;

  /// Memory of output `index` with the given shape; null if the node does not have that output.
  template <class T>
  T* output(size_t index, const std::vector<int64_t>& dims) const {
    return static_cast<T*>(output_data(index, dims));
  }

  /// Fills output `index`, string [count]; nothing if the node does not have that output.
  void string_output(size_t index, const char* const* texts, size_t count) const;

  /// Runs the tasks on ONNX Runtime's intra-op threads.
  void run(int64_t tasks, Task task, void* state) override;

  OrtKernelContext* raw() const { return context_; }

 private:
  OrtValue* output_value(size_t index, const std::vector<int64_t>& dims) const;
  void* output_data(size_t index, const std::vector<int64_t>& dims) const;

  OrtKernelContext* context_;
};

/// The inputs of one run, read once.
class RunInputs {
 public:
  explicit RunInputs(const RunContext& context) {
    const size_t count = context.input_count();
    tensors_.reserve(count);
    for (size_t i = 0; i < count; ++i) tensors_.push_back(context.input(i));
  }

  size_t size() const { return tensors_.size(); }

  /// Input `index`; not present past the last.
  const InputTensor& operator[](size_t index) const { return index < tensors_.size() ? tensors_[index] : kAbsent; }

  const std::vector<InputTensor>& all() const { return tensors_; }

 private:
  static const InputTensor kAbsent;
  std::vector<InputTensor> tensors_;
};

/// What the inputs are.
std::vector<const TensorSpec*> specs_of(const std::vector<InputTensor>& inputs);

/// The memory that a CPU kernel takes its scratch from.
MemoryInfo cpu_memory();

/// The scratch arrays of one run, laid out in one block of ONNX Runtime's memory.
class Workspace {
 public:
  /// Reserves room for `count` elements and returns their offset. All reservations come first.
  template <class T>
  size_t reserve(int64_t count) {
    return reserve(count, sizeof(T));
  }

  /// The same for a * b elements.
  template <class T>
  size_t reserve_product(int64_t a, int64_t b) {
    int64_t count = 0;
    return reserve<T>(__builtin_mul_overflow(a, b, &count) ? -1 : count);
  }

  /// The same for raw bytes; SIZE_MAX is more than there can be.
  size_t reserve_bytes(size_t bytes) {
    return bytes > INT64_MAX ? reserve(-1, 1) : reserve(static_cast<int64_t>(bytes), 1);
  }

  /// Obtains the block. Throws when the sizes overflow or the memory is not to be had.
  void allocate(const RunContext& context, const OrtMemoryInfo* memory, const char* op);

  template <class T>
  T* at(size_t offset) const {
    return reinterpret_cast<T*>(block_ + offset);
  }

  Workspace() = default;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace();

 private:
  static constexpr size_t kAlignment = 64;

  size_t reserve(int64_t count, size_t element_bytes);

  size_t bytes_ = 0;
  bool overflow_ = false;
  OrtAllocator* allocator_ = nullptr;
  unsigned char* block_ = nullptr;
};

}  // namespace ortnce::ops
