// How the CUDA kernels cut their work and lay it out: plans cover every column once, swizzled tiles keep
// every chunk and lanes that read together out of each other's banks, rows of partitions lie where ClassRows
// says, grids are of sizes that devices take, and shared memory fits where there is least.
#include <gtest/gtest.h>

#include <set>

#include "kernels/class_rows.h"
#include "kernels/cuda/class_layer.cuh"
#include "kernels/cuda/class_sums.cuh"
#include "kernels/cuda/column_plan.h"
#include "kernels/cuda/label_logits.cuh"
#include "kernels/cuda/loss_sums.cuh"
#include "kernels/cuda/nce_backward.h"
#include "kernels/cuda/pair.cuh"
#include "kernels/cuda/slope_products.cuh"

namespace ortnce::kernels::cuda {
namespace {

TEST(CudaLayout, SlicesCoverAllColumns) {
  for (const int64_t batch : {0, 1, 127, 128, 129, 1000, 8192, 100'000, 1'000'000}) {
    for (const int64_t columns : {0, 1, 127, 128, 129, 1000, 8192, 1'000'000, 2'000'000'000}) {
      const ColumnPlan plan(batch, columns);
      const int64_t tiles = (columns + kTile - 1) / kTile;
      EXPECT_EQ(plan.example_tiles, (batch + kTile - 1) / kTile);
      EXPECT_LE(plan.slices, 64);
      EXPECT_GE(plan.slices * plan.slice_tiles, tiles);
      EXPECT_TRUE(tiles == 0 ? plan.slices == 0 : (plan.slices - 1) * plan.slice_tiles < tiles)
          << batch << ", " << columns;
    }
  }
  EXPECT_EQ(ColumnPlan(8192, 8192).slices, 16);
  EXPECT_EQ(ColumnPlan(1024, 1'000'000).slices, 64);
}

/// The 16-byte bank of an offset, of 8 in a line of 128 bytes.
int bank(int offset) { return offset / 16 % 8; }

template <int kRowBytes>
void expect_swizzled_tile() {
  std::set<int> offsets;
  for (int row = 0; row < kTile; ++row) {
    for (int chunk = 0; chunk < kRowBytes / 16; ++chunk) offsets.insert(chunk_offset<kRowBytes>(row, chunk));
  }
  EXPECT_EQ(offsets.size(), static_cast<size_t>(kTile * kRowBytes / 16));
  EXPECT_EQ(*offsets.rbegin(), kTile * kRowBytes - 16);
  // What ldmatrix reads at a time, and the columns of multiply-adds.
  for (int row = 0; row < kTile; row += 8) {
    for (int chunk = 0; chunk < kRowBytes / 16; ++chunk) {
      std::set<int> banks;
      for (int r = 0; r < 8; ++r) banks.insert(bank(chunk_offset<kRowBytes>(row + r, chunk)));
      EXPECT_EQ(banks.size(), 8u) << "row " << row << ", chunk " << chunk;
    }
  }
}

TEST(CudaLayout, TilesHaveNoBankConflicts) { expect_swizzled_tile<kStepBytes>(); }

TEST(CudaLayout, NarrowTilesKeepEveryChunk) {
  std::set<int> offsets;
  for (int row = 0; row < kTile; ++row) {
    for (int chunk = 0; chunk < 2; ++chunk) offsets.insert(chunk_offset<32>(row, chunk));
  }
  EXPECT_EQ(offsets.size(), 2u * kTile);
}

/// Lanes l of a fragment read number l / 4 of row l % 4: words in 32 different banks for floats, and for halves
/// pairs in 16.
template <class T>
void expect_swizzled_panel() {
  constexpr int kInChunk = 16 / static_cast<int>(sizeof(T));
  std::set<int> offsets;
  for (int row = 0; row < kStepTerms; ++row) {
    for (int chunk = 0; chunk < kTile / kInChunk; ++chunk) offsets.insert(panel_offset<T>(row, chunk));
  }
  EXPECT_EQ(offsets.size(), static_cast<size_t>(kStepTerms * kTile / kInChunk));
  EXPECT_EQ(*offsets.rbegin(), PanelCopy<T>::kPanelBytes - 16);
  for (int row = 0; row < kStepTerms; row += 4) {
    for (int column = 0; column < kTile; column += 8) {
      std::set<int> words;
      for (int lane = 0; lane < kWarp; ++lane) {
        const int byte = (column + lane / 4) * static_cast<int>(sizeof(T));
        words.insert((panel_offset<T>(row + lane % 4, byte / 16) + byte % 16) / 4 % 32);
      }
      EXPECT_EQ(words.size(), kWarp * sizeof(T) / 4) << "row " << row << ", column " << column;
    }
  }
}

TEST(CudaLayout, PanelsHaveNoBankConflicts) {
  expect_swizzled_panel<float>();
  expect_swizzled_panel<Float16>();
  // What ldmatrix reads of halves at a time.
  for (int row = 0; row < kStepTerms; row += 8) {
    for (int chunk = 0; chunk < kTile / 8; ++chunk) {
      std::set<int> banks;
      for (int r = 0; r < 8; ++r) banks.insert(bank(panel_offset<Float16>(row + term_of_position(r), chunk)));
      EXPECT_EQ(banks.size(), 8u) << "row " << row << ", chunk " << chunk;
    }
  }
}

void expect_grid_of_a_device(const Grid& grid) {
  EXPECT_LE(grid.x, (int64_t{1} << 31) - 1);
  EXPECT_LE(grid.y, (1 << 16) - 1);
}

TEST(CudaLayout, GridsOfTheLargestProblemsAreOfADevice) {
  SlopeProductsParams products{};
  products.m = static_cast<int>(SlopeChunk{}.examples);
  products.dim = kMostDim;
  expect_grid_of_a_device(product_grid(products));
  float weights = 0;
  ClassSumsParams sums{};
  sums.weights = &weights;
  sums.groups = 1;
  sums.dim = kMostDim;
  expect_grid_of_a_device(class_sums_grid(sums));
  sums.groups = kMostIds;
  sums.dim = kThreads;
  expect_grid_of_a_device(class_sums_grid(sums));
  for (const int64_t labels : {int64_t{0}, kMostIds}) {
    LabelParams of_labels{};
    of_labels.labels.batch = labels;
    CandidateParams candidates{};
    candidates.size = kMostIds - labels;
    expect_grid_of_a_device(label_grid(of_labels, candidates));
  }
}

TEST(CudaLayout, RowsLieWhereClassRowsSays) {
  for (const std::vector<int64_t>& sizes :
       std::vector<std::vector<int64_t>>{{7}, {3, 0, 4}, {0, 7}, {7, 0}, {1, 1, 5}}) {
    for (const PartitionStrategy strategy : {PartitionStrategy::kDiv, PartitionStrategy::kMod}) {
      std::vector<int64_t> rows = sizes;
      const auto partitions = static_cast<int64_t>(rows.size());
      for (size_t p = 0; strategy == PartitionStrategy::kMod && p < rows.size(); ++p) {
        rows[p] = ClassRows::mod_size(7, partitions, static_cast<int64_t>(p));
      }
      const ClassRows expected(strategy, rows);
      std::vector<std::vector<unsigned char>> memory(rows.size(), std::vector<unsigned char>(7 * 12));
      std::vector<const void*> first;
      std::vector<int64_t> ends;
      for (size_t p = 0; p < rows.size(); ++p) {
        first.push_back(memory[p].data());
        ends.push_back(rows[p] + (p == 0 ? 0 : ends.back()));
      }
      const ClassLayer layer{
          memory[0].data(), first.data(), ends.data(), partitions, strategy == PartitionStrategy::kMod, 12, nullptr};
      for (int64_t id = 0; id < 7; ++id) {
        const RowAddress at = expected.find(id);
        EXPECT_EQ(layer.row(id), memory[at.partition].data() + 12 * at.row) << "class " << id;
      }
    }
  }
}

/// sm_75 has 64 KiB a block; elsewhere two blocks must fit in 164 KiB, with the KiB each that is taken.
template <class Storage>
constexpr bool fits = sizeof(Storage) <= 64 * 1024;

static_assert(fits<LossSumsStorage<FmaProducts<float, float>>> && fits<LossSumsStorage<MmaProducts<Bfloat16>>>);
static_assert(fits<SlopeProductsStorage<float>> && fits<WalkStorage<FmaProducts<float, Float16>>>);
// Hosts ask for the size of one, devices use the other.
static_assert(sizeof(LossSumsStorage<FmaProducts<Float16, Float16>>) == sizeof(LossSumsStorage<MmaProducts<Float16>>));
static_assert(sizeof(LossSumsStorage<FmaProducts<float, float>>) == sizeof(LossSumsStorage<MmaProducts<float>>));

}  // namespace
}  // namespace ortnce::kernels::cuda
