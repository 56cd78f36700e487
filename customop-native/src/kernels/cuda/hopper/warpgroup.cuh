// Matrix products by the 128 threads of a warpgroup together (compute capability 9.0): operands lie in shared
// memory, sums in registers, and the products run while the threads go on.
#pragma once

#include "kernels/cuda/hopper/copy_engine.cuh"

namespace ortnce::kernels::cuda {

/// Threads of a warpgroup; the first has an index that is a multiple of it.
inline constexpr int kWarpgroup = 128;

/// A warpgroup multiplies kGroupRows rows by kGroupColumns.
inline constexpr int kGroupRows = 64, kGroupColumns = 256;

/// Numbers of a row that one call of multiply_add_async() takes: 32 bytes.
inline constexpr int kProductNumbers = 16;

/// The [64, 256] sums of a warpgroup, as one thread has them: number i is that of row(i) and column(i).
struct GroupSums {
  static constexpr int kCount = kGroupRows * kGroupColumns / kWarpgroup;

  float numbers[kCount];

  /// Rows row(0) and row(0) + 8 belong to the thread, and to the three beside it.
  ORTNCE_DEVICE static int row(int i) {
    return thread_index() % kWarpgroup / kWarp * 16 + thread_index() % kWarp / 4 + i / 2 % 2 * 8;
  }
  ORTNCE_DEVICE static int column(int i) { return i / 4 * 8 + thread_index() % 4 * 2 + i % 2; }
};

/// What the products are told of an operand in a tile: where it lies, 8 rows of 128 bytes after 8, and the order
/// of the chunks in a row.
ORTNCE_HOST_DEVICE uint64_t operand_descriptor(uint32_t shared_address) {
  constexpr uint64_t kUnit = 16, kSwizzle128 = 1;
  constexpr uint64_t kStride = 8 * kTileRowBytes / kUnit;
  return (shared_address & 0x3ffff) / kUnit | uint64_t{1} << 16 | kStride << 32 | kSwizzle128 << 62;
}

}  // namespace ortnce::kernels::cuda

#ifdef __CUDACC__

namespace ortnce::kernels::cuda {

/// Registers of each thread of the warpgroup from here on, fewer or more than at the launch. All its threads take part.
template <int kCount>
ORTNCE_DEVICE void give_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kCount));
}
template <int kCount>
ORTNCE_DEVICE void take_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kCount));
}

/// Before the first of some products: the sums are theirs from here to the wait.
ORTNCE_DEVICE void begin_products() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

/// sums = a b^T, or sums += a b^T if `add`, for kProductNumbers numbers of 64 rows `a` and 256 rows `b`, which begin
/// at multiples of 32 bytes in the first rows of their tiles. Products are exact, sums in float.
// clang-format off
#define ORTNCE_8_SUMS(at) \
  "+f"(sums[at]), "+f"(sums[at + 1]), "+f"(sums[at + 2]), "+f"(sums[at + 3]), "+f"(sums[at + 4]), "+f"(sums[at + 5]), \
      "+f"(sums[at + 6]), "+f"(sums[at + 7])
#define ORTNCE_MULTIPLY_ADD_ASYNC(type, name) \
ORTNCE_DEVICE void multiply_add_async(type, GroupSums& all, const void* a, const void* b, bool add) { \
  float(&sums)[GroupSums::kCount] = all.numbers; \
  asm volatile( \
      "{\n" \
      ".reg .pred add;\n" \
      "setp.ne.b32 add, %130, 0;\n" \
      "wgmma.mma_async.sync.aligned.m64n256k16.f32." name "." name " {" \
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, " \
      "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, " \
      "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, " \
      "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, " \
      "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127" \
      "}, %128, %129, add, 1, 1, 0, 0;\n" \
      "}" \
      : \
        ORTNCE_8_SUMS(0), ORTNCE_8_SUMS(8), ORTNCE_8_SUMS(16), ORTNCE_8_SUMS(24), \
        ORTNCE_8_SUMS(32), ORTNCE_8_SUMS(40), ORTNCE_8_SUMS(48), ORTNCE_8_SUMS(56), \
        ORTNCE_8_SUMS(64), ORTNCE_8_SUMS(72), ORTNCE_8_SUMS(80), ORTNCE_8_SUMS(88), \
        ORTNCE_8_SUMS(96), ORTNCE_8_SUMS(104), ORTNCE_8_SUMS(112), ORTNCE_8_SUMS(120) \
      : "l"(operand_descriptor(shared_address(a))), "l"(operand_descriptor(shared_address(b))), \
        "r"(static_cast<int>(add))); \
}
// clang-format on

ORTNCE_MULTIPLY_ADD_ASYNC(Float16, "f16")
ORTNCE_MULTIPLY_ADD_ASYNC(Bfloat16, "bf16")
#undef ORTNCE_MULTIPLY_ADD_ASYNC
#undef ORTNCE_8_SUMS

/// Closes the group of the products since the last one.
ORTNCE_DEVICE void commit_products() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

/// Waits until all but the last `kPending` groups of the warpgroup have read their operands.
template <int kPending>
ORTNCE_DEVICE void wait_operands() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}

/// Waits for all products: the sums are the thread's again.
ORTNCE_DEVICE void wait_products(GroupSums& sums) {
  wait_operands<0>();
#pragma unroll
  for (float& number : sums.numbers) asm volatile("" : "+f"(number)::"memory");  // not read before the wait
}

}  // namespace ortnce::kernels::cuda

#else
#include "cuda_emulation/warpgroup.h"
#endif
