// Tiles of rows in shared memory: how they lie there and how they get there.
#pragma once

#include "kernels/cuda/column_plan.h"
#include "kernels/cuda/number.cuh"

namespace ortnce::kernels::cuda {

/// Threads of a block. Each has 8 by 8 of the logits of a tile.
inline constexpr int kThreads = 256, kPerThread = 8;

/// Sums of a thread, an array of arrays, become 0.
ORTNCE_DEVICE void set_zero(float& sum) { sum = 0; }
template <class Sums, int kCount>
ORTNCE_DEVICE void set_zero(Sums (&sums)[kCount]) {
#pragma unroll
  for (Sums& part : sums) set_zero(part);
}

/// A row of a tile is so many bytes of the examples' numbers, and as many numbers of the embeddings: half a
/// line of shared memory. Three stages of 16 KiB leave room for two blocks in 100 KiB.
inline constexpr int kStepBytes = 64;

template <class X>
inline constexpr int kStepNumbers = kStepBytes / static_cast<int>(sizeof(X));

/// Where chunk `chunk` of row `row` lies in a tile of rows of kRowBytes. Rows that share a line of 128
/// bytes exchange chunks with the rows of the next lines, so that the same chunk of 8 rows in a row lies in
/// different banks.
template <int kRowBytes>
ORTNCE_DEVICE int chunk_offset(int row, int chunk) {
  constexpr int kRows = 128 / kRowBytes, kChunks = kRowBytes / 16;
  return row * kRowBytes + (chunk ^ (row / kRows % kChunks)) * 16;
}

/// Copies `count` numbers, at most a chunk, and zeros after them. `aligned`: `from` is a multiple of 16 bytes
/// and so is `count`, or it is 0; then the copy is on its way only.
template <class T>
ORTNCE_DEVICE void copy_chunk(unsigned char* to, const T* from, int count, bool aligned) {
  if (aligned) {
    copy_async(to, from, count > 0);
    return;
  }
  constexpr int kInChunk = 16 / static_cast<int>(sizeof(T));
  union {
    Chunk chunk;
    T numbers[kInChunk];
  } copy;
#pragma unroll
  for (int n = 0; n < kInChunk; ++n) copy.numbers[n] = n < count ? from[n] : T{};
  store_shared(reinterpret_cast<Chunk*>(to), copy.chunk);
}

/// Copies kTile rows of kNumbers numbers T into a tile. Each thread copies the same chunk of kRows rows.
template <class T, int kNumbers>
struct TileCopy {
  static constexpr int kRowBytes = kNumbers * static_cast<int>(sizeof(T)), kChunks = kRowBytes / 16;
  static constexpr int kRows = kTile * kChunks / kThreads, kTileBytes = kTile * kRowBytes;

  ORTNCE_DEVICE static int row(int i) { return thread_index() / kChunks + i * (kThreads / kChunks); }

  /// Numbers [first, first + kNumbers) of the thread's rows, zeros from `dim` on and where a row is null.
  /// `aligned`: rows begin at multiples of 16 bytes; then the copies are on their way only.
  ORTNCE_DEVICE static void run(unsigned char* tile, const unsigned char* const (&rows)[kRows], int first, int dim,
                                bool aligned) {
    constexpr int kInChunk = 16 / static_cast<int>(sizeof(T));
    const int chunk = thread_index() % kChunks;
    const int begin = first + chunk * kInChunk;
#pragma unroll
    for (int i = 0; i < kRows; ++i) {
      const bool valid = rows[i] != nullptr && begin < dim;
      copy_chunk(tile + chunk_offset<kRowBytes>(row(i), chunk),
                 valid ? reinterpret_cast<const T*>(rows[i]) + begin : nullptr, valid ? dim - begin : 0, aligned);
    }
  }
};

}  // namespace ortnce::kernels::cuda
