#include "kernels/cuda/hopper/copy_engine.cuh"

#include <algorithm>

namespace ortnce::kernels::cuda {

void copy_box(void* tile, const TensorMap& map, int column, int row, Barrier* barrier) {
  constexpr int kChunkBytes = 16, kChunks = kTileRowBytes / kChunkBytes;
  emulation::Block& block = emulation::current_block();
  auto* const to = static_cast<unsigned char*>(tile);
  if ((to - block.shared().data()) % 1024 != 0) block.findings().add("a tile begins at no multiple of 1024 bytes");
  emulation::BoxCopy copy{barrier, {}};
  for (int r = 0; r < map.box_rows; ++r) {
    for (int chunk = 0; chunk < kChunks; ++chunk) {
      emulation::BoxCopy::Piece piece{
          to + r * kTileRowBytes + (plain_tiles() ? chunk : chunk ^ r % 8) * kChunkBytes, {}};
      const int64_t from_row = int64_t{row} + r, byte = column * int64_t{2} + chunk * kChunkBytes;
      if (from_row >= 0 && from_row < map.rows && byte >= 0 && byte < map.row_bytes) {
        std::copy_n(map.first + from_row * map.row_bytes + byte, kChunkBytes, piece.data);
      }
      copy.pieces.push_back(piece);
    }
  }
  block.begin_copy(std::move(copy));
}

}  // namespace ortnce::kernels::cuda
