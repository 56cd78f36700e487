// Panels of rows in shared memory: what the sums over rows are made of.
#pragma once

#include "kernels/cuda/tile.cuh"

namespace ortnce::kernels::cuda {

/// Terms of a sum that one step adds.
inline constexpr int kStepTerms = 16;

/// Where chunk `chunk` of row `row` lies in a panel of kTile numbers T: rows next to each other have their
/// chunks in different banks, so that lanes may read two of four rows of floats, or one of eight rows of halves.
template <class T>
ORTNCE_DEVICE int panel_offset(int row, int chunk) {
  return row * kTile * int{sizeof(T)} + (chunk ^ (sizeof(T) == sizeof(float) ? row % 4 * 2 : row % 8)) * 16;
}

/// kCount numbers from `column` on, a multiple of kCount, of a row of a panel, as floats.
template <class T, int kCount>
ORTNCE_DEVICE void load_panel(const unsigned char* panel, int row, int column, float* out) {
  const int byte = column * int{sizeof(T)};
  const auto* const from = panel + panel_offset<T>(row, byte / 16) + byte % 16;
  const auto pack = load_shared(reinterpret_cast<const Pack<T, kCount>*>(from));
#pragma unroll
  for (int n = 0; n < kCount; ++n) out[n] = widen(pack.numbers[n]);
}

/// Copies kStepTerms rows of kTile numbers T into a panel.
template <class T>
struct PanelCopy {
  static constexpr int kRowBytes = kTile * static_cast<int>(sizeof(T)), kChunks = kRowBytes / 16;
  static constexpr int kPanelBytes = kStepTerms * kRowBytes;
  static constexpr int kRows = kStepTerms * kChunks / kThreads;  // of a thread

  ORTNCE_DEVICE static int row(int i) { return thread_index() / kChunks + i * (kThreads / kChunks); }

  /// Numbers [first, first + kTile) of the thread's rows, zeros from `count` on and where a row is null.
  ORTNCE_DEVICE static void run(unsigned char* panel, const T* const (&rows)[kRows], int first, int count,
                                bool aligned) {
    constexpr int kInChunk = 16 / static_cast<int>(sizeof(T));
    const int chunk = thread_index() % kChunks;
    const int begin = first + chunk * kInChunk;
#pragma unroll
    for (int i = 0; i < kRows; ++i) {
      const bool valid = rows[i] != nullptr && begin < count;
      copy_chunk(panel + panel_offset<T>(row(i), chunk), valid ? rows[i] + begin : nullptr, valid ? count - begin : 0,
                 aligned);
    }
  }
};

}  // namespace ortnce::kernels::cuda
