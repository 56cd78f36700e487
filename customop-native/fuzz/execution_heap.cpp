#include "execution_heap.h"

#include <sanitizer/asan_interface.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

constexpr size_t kBytes = size_t{32} << 20;  // what does not fit comes from malloc
constexpr size_t kGap = 32;                  // at least, before every block
constexpr size_t kDefaultAlignment = 16;

alignas(64) unsigned char heap[kBytes];
size_t used = 0;
size_t living = 0;
bool active = false;

bool is_of_heap(const void* block) {
  const auto address = reinterpret_cast<uintptr_t>(block), begin = reinterpret_cast<uintptr_t>(heap);
  return address >= begin && address < begin + kBytes;
}

/// The size of a block lies in the gap before it.
unsigned char* size_of(void* block) { return static_cast<unsigned char*>(block) - sizeof(size_t); }

void* allocate(size_t bytes, size_t alignment) noexcept {
  const size_t at = (used + kGap + alignment - 1) / alignment * alignment;
  if (!active || bytes > kBytes || at > kBytes - bytes) {
    if (alignment <= kDefaultAlignment) return std::malloc(bytes);
    void* block = nullptr;
    return posix_memalign(&block, alignment, bytes) == 0 ? block : nullptr;
  }
  used = at + bytes;
  ++living;
  unsigned char* const block = heap + at;
  std::memcpy(size_of(block), &bytes, sizeof(bytes));
  __asan_unpoison_memory_region(block, bytes);
  return block;
}

void release(void* block) noexcept {
  if (!is_of_heap(block)) {
    std::free(block);
    return;
  }
  size_t bytes;
  std::memcpy(&bytes, size_of(block), sizeof(bytes));
  if (bytes > 0 && __asan_address_is_poisoned(block) != 0) {
    std::fprintf(stderr, "a block was given back twice\n");
    std::abort();
  }
  __asan_poison_memory_region(block, bytes);
  --living;
}

void* allocate_or_throw(size_t bytes, size_t alignment) {
  void* const block = allocate(bytes, alignment);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

}  // namespace

namespace ortnce::fuzz {

ExecutionHeap::ExecutionHeap() {
  [[maybe_unused]] static const bool poisoned = [] {
    __asan_poison_memory_region(heap, kBytes);
    return true;
  }();
  active = true;
}

ExecutionHeap::~ExecutionHeap() {
  active = false;
  used = 0;
  if (living == 0) return;
  std::fprintf(stderr, "%zu blocks of memory were not given back\n", living);
  std::abort();
}

}  // namespace ortnce::fuzz

void* operator new(size_t bytes) { return allocate_or_throw(bytes, kDefaultAlignment); }
void* operator new[](size_t bytes) { return allocate_or_throw(bytes, kDefaultAlignment); }
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes, kDefaultAlignment); }
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes, kDefaultAlignment); }
void* operator new(size_t bytes, std::align_val_t alignment) {
  return allocate_or_throw(bytes, static_cast<size_t>(alignment));
}
void* operator new(size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(bytes, static_cast<size_t>(alignment));
}
void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, size_t) noexcept { release(block); }
void operator delete[](void* block, size_t) noexcept { release(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { release(block); }
void operator delete(void* block, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, size_t, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept { release(block); }
