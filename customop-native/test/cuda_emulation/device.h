// The functions of kernels/cuda/device.cuh on a processor, for tests of kernels where no GPU is.
//
// The sources of the kernels are compiled as they are. Every thread of a block runs, barriers and the
// operations of warps wait for all that take part, copies arrive at the wait for them and not before, and
// shared memory finds races, missing barriers and waits, reads of what nobody wrote, and accesses
// outside of it. A launch that did something wrong returns a Status that says what.
//
// Not modelled: the order of memory accesses within a thread and between blocks (no kernel relies on
// it), blocks that run at the same time (they run one after another), the roundings inside a tensor core
// beyond what tensor_core.h says, limits of registers, shared memory and grids, alignment of device
// memory but in copies, any timing, and what the device compiler makes of the source.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "cuda_emulation/block.h"
#include "cuda_emulation/device_access.h"
#include "kernels/cuda/status.h"

#define ORTNCE_DEVICE inline
#define ORTNCE_HOST_DEVICE inline
#define ORTNCE_PARAMS
#define ORTNCE_KERNEL(threads, blocks) void

namespace ortnce::kernels::cuda {

inline constexpr int kWarp = emulation::kLanes;

inline int thread_index() { return emulation::current_block().thread(); }
inline int64_t block_x() { return emulation::current_block().x(); }
inline int64_t block_y() { return emulation::current_block().y(); }

inline unsigned char* shared_memory() { return emulation::current_block().shared().data(); }

template <class T>
T load_shared(const T* from) {
  emulation::Block& block = emulation::current_block();
  block.shared().read(block.thread(), from, sizeof(T));
  return block.findings().any() ? T{} : *from;  // what was found may be a wild address
}

template <class T>
void store_shared(T* to, T value) {
  emulation::Block& block = emulation::current_block();
  block.shared().write(block.thread(), to, sizeof(T));
  if (!block.findings().any()) *to = value;
}

inline void or_shared(uint32_t* to, uint32_t bits) {
  emulation::Block& block = emulation::current_block();
  block.shared().update(to, sizeof *to);
  *to |= bits;
}

inline void sync_block() { emulation::current_block().sync(); }

template <class T>
T value_of_lane(T value, int lane) {
  struct Lane {
    T value, result;
    int from;
  } own{value, value, lane};
  emulation::current_block().together(
      kWarp,
      [](void* const* lanes) {
        for (int l = 0; l < kWarp; ++l) {
          auto* const to = static_cast<Lane*>(lanes[l]);
          to->result = static_cast<const Lane*>(lanes[to->from])->value;
        }
      },
      &own);
  return own.result;
}

template <class T>
T shuffle_xor(T value, int mask) {
  return value_of_lane(value, thread_index() % kWarp ^ mask);
}

inline uint32_t ballot(bool holds) {
  struct Lane {
    bool holds;
    uint32_t result;
  } lane{holds, 0};
  emulation::current_block().together(
      kWarp,
      [](void* const* lanes) {
        uint32_t bits = 0;
        for (int l = 0; l < kWarp; ++l) bits |= uint32_t{static_cast<const Lane*>(lanes[l])->holds} << l;
        for (int l = 0; l < kWarp; ++l) static_cast<Lane*>(lanes[l])->result = bits;
      },
      &lane);
  return lane.result;
}

inline void copy_async(void* to, const void* from, bool valid) { emulation::current_block().copy(to, from, valid); }
inline void commit_copies() { emulation::current_block().commit(); }
template <int kPending>
void wait_copies() {
  emulation::current_block().wait(kPending);
}

inline uint32_t bits_of(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

inline float float_of(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

float widen_half(uint16_t bits);
uint16_t narrow_half(float x);

inline float larger(float a, float b) { return a < b ? b : (std::isnan(b) ? b : a); }

inline Status copy_to_device(void* to, const void* from, size_t bytes, Stream) {
  const emulation::DeviceAccess access;
  if (bytes > 0) std::memcpy(to, from, bytes);
  return {};
}

inline Status copy_to_host(void* to, const void* from, size_t bytes, Stream stream) {
  return copy_to_device(to, from, bytes, stream);
}

class DeviceBlock {
 public:
  explicit DeviceBlock(size_t bytes) : data_(new unsigned char[bytes]) {}

  Status status() const { return {}; }
  void* data() const { return data_.get(); }

 private:
  std::unique_ptr<unsigned char[]> data_;
};

class OwnStream {
 public:
  Status status() const { return {}; }
  Stream get() const { return nullptr; }
};

inline bool out_of_memory(const Status&) { return false; }

/// That which stream.cu makes the current one.
Status current_device(int* device);

inline Status compute_capability(int, int* capability) { return *capability = 90, Status{}; }

struct Grid {
  int64_t x = 1, y = 1;
};

/// Runs body(argument) as all threads of all blocks. `body` casts its argument back.
Status run_grid(const char* name, Grid grid, int threads, size_t shared_bytes, void (*body)(const void*),
                const void* argument);

template <class Params>
Status launch(void (*kernel)(Params), const char* name, Grid grid, int threads, size_t shared_bytes, Stream,
              const Params& params) {
  struct Call {
    void (*kernel)(Params);
    const Params& params;
  } const call{kernel, params};
  return run_grid(
      name, grid, threads, shared_bytes,
      [](const void* argument) {
        const auto* const of = static_cast<const Call*>(argument);
        of->kernel(of->params);
      },
      &call);
}

}  // namespace ortnce::kernels::cuda
