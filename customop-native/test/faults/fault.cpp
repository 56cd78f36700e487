#include "faults/fault.h"

#include <atomic>
#include <cstdlib>
#include <new>

#include "support/op_api.h"

namespace {

std::atomic<int64_t> chances_left{0};  // 0: no fault is armed, or it has fired
std::atomic<bool> has_fired{false};
std::atomic<int64_t> blocks{0};
thread_local int in_runtime = 0;

/// Whether this chance is the one.
bool fails() {
  if (in_runtime > 0 || chances_left.load() <= 0 || chances_left.fetch_sub(1) != 1) return false;
  has_fired = true;
  return true;
}

void* allocate(size_t bytes) noexcept {
  if (fails()) return nullptr;
  void* const block = std::malloc(bytes == 0 ? 1 : bytes);
  if (block != nullptr) ++blocks;
  return block;
}

void release(void* block) noexcept {
  if (block != nullptr) --blocks;
  std::free(block);
}

/// The runtime's own allocations neither fail nor count as chances.
struct RuntimeScope {
  RuntimeScope() { ++in_runtime; }
  ~RuntimeScope() { --in_runtime; }
};

}  // namespace

void* operator new(size_t bytes) {
  void* const block = allocate(bytes);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void* operator new[](size_t bytes) { return operator new(bytes); }
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes); }
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes); }
void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, size_t) noexcept { release(block); }
void operator delete[](void* block, size_t) noexcept { release(block); }

namespace ortnce::test {
namespace {

/// The call `member` of op_api(), which fails when its chance has come.
template <auto member>
struct Faulty;

template <class... Arguments, OrtStatus*(ORT_API_CALL* OrtApi::*member)(Arguments...) noexcept>
struct Faulty<member> {
  static OrtStatus* ORT_API_CALL call(Arguments... arguments) noexcept {
    const bool failed = fails();
    const RuntimeScope scope;
    if (failed) return new OrtStatus{ORT_FAIL, "injected"};
    return (op_api().*member)(arguments...);
  }
};

/// The same for a call that cannot fail.
template <auto member>
struct Silent;

template <class Result, class... Arguments, Result(ORT_API_CALL* OrtApi::*member)(Arguments...) noexcept>
struct Silent<member> {
  static Result ORT_API_CALL call(Arguments... arguments) noexcept {
    const RuntimeScope scope;
    return (op_api().*member)(arguments...);
  }
};

template <class Freed, void(ORT_API_CALL* OrtApi::*member)(Freed*)>
struct Silent<member> {
  static void ORT_API_CALL call(Freed* freed) {
    const RuntimeScope scope;
    (op_api().*member)(freed);
  }
};

/// Working memory fails as the runtime's allocator does: it gives none.
OrtStatus* get_allocator(const OrtKernelContext* context, const OrtMemoryInfo* memory, OrtAllocator** out) noexcept {
  if (fails()) {
    const RuntimeScope scope;
    return new OrtStatus{ORT_FAIL, "injected"};
  }
  static thread_local void* (*allocate_block)(OrtAllocator*, size_t) = nullptr;
  const RuntimeScope scope;
  OrtStatus* const status = op_api().KernelContext_GetAllocator(context, memory, out);
  if (status != nullptr) return status;
  allocate_block = (*out)->Alloc;
  (*out)->Alloc = [](OrtAllocator* self, size_t bytes) -> void* {
    return fails() ? nullptr : allocate_block(self, bytes);
  };
  return nullptr;
}

/// Tasks run outside of the runtime's scope: what they allocate may fail.
OrtStatus* parallel_for(const OrtKernelContext* context, void (*task)(void*, size_t), size_t total, size_t batches,
                        void* state) noexcept {
  if (fails()) {
    const RuntimeScope scope;
    return new OrtStatus{ORT_FAIL, "injected"};
  }
  return op_api().KernelContext_ParallelFor(context, task, total, batches, state);
}

}  // namespace

ArmedFault::ArmedFault(int64_t n) {
  has_fired = false;
  chances_left = n;
}

ArmedFault::~ArmedFault() { chances_left = 0; }

bool ArmedFault::fired() const { return has_fired; }

int64_t living_blocks() { return blocks; }

const OrtApi& faulty_op_api() {
  static const OrtApi api = [] {
    OrtApi made = op_api();
#define ORTNCE_FAULTY(name) made.name = Faulty<&OrtApi::name>::call
    ORTNCE_FAULTY(GetTensorTypeAndShape);
    ORTNCE_FAULTY(GetTensorElementType);
    ORTNCE_FAULTY(GetDimensionsCount);
    ORTNCE_FAULTY(GetDimensions);
    ORTNCE_FAULTY(GetTensorMutableData);
    ORTNCE_FAULTY(KernelInfo_GetInputCount);
    ORTNCE_FAULTY(KernelInfo_GetOutputCount);
    ORTNCE_FAULTY(KernelInfoGetConstantInput_tensor);
    ORTNCE_FAULTY(CastTypeInfoToTensorInfo);
    ORTNCE_FAULTY(CreateCpuMemoryInfo);
    ORTNCE_FAULTY(KernelContext_GetInputCount);
    ORTNCE_FAULTY(KernelContext_GetInput);
    ORTNCE_FAULTY(KernelContext_GetOutputCount);
    ORTNCE_FAULTY(KernelContext_GetOutput);
    ORTNCE_FAULTY(ShapeInferContext_GetInputTypeShape);
    ORTNCE_FAULTY(GetSymbolicDimensions);
    ORTNCE_FAULTY(CreateTensorTypeAndShapeInfo);
    ORTNCE_FAULTY(SetTensorElementType);
    ORTNCE_FAULTY(SetDimensions);
    ORTNCE_FAULTY(SetSymbolicDimensions);
    ORTNCE_FAULTY(ShapeInferContext_SetOutputTypeShape);
#undef ORTNCE_FAULTY
    // Their failures mean "absent", or they cannot fail.
#define ORTNCE_SILENT(name) made.name = Silent<&OrtApi::name>::call
    ORTNCE_SILENT(KernelInfo_GetInputTypeInfo);
    ORTNCE_SILENT(KernelInfoGetAttribute_int64);
    ORTNCE_SILENT(KernelInfoGetAttribute_float);
    ORTNCE_SILENT(KernelInfoGetAttribute_string);
    ORTNCE_SILENT(KernelInfoGetAttributeArray_int64);
    ORTNCE_SILENT(KernelInfoGetAttributeArray_float);
    ORTNCE_SILENT(CreateStatus);
    ORTNCE_SILENT(GetErrorCode);
    ORTNCE_SILENT(GetErrorMessage);
    ORTNCE_SILENT(ReleaseStatus);
    ORTNCE_SILENT(ReleaseTensorTypeAndShapeInfo);
    ORTNCE_SILENT(ReleaseTypeInfo);
    ORTNCE_SILENT(ReleaseMemoryInfo);
    ORTNCE_SILENT(ReleaseAllocator);
#undef ORTNCE_SILENT
    made.KernelContext_GetAllocator = get_allocator;
    made.KernelContext_ParallelFor = parallel_for;
    return made;
  }();
  return api;
}

}  // namespace ortnce::test
