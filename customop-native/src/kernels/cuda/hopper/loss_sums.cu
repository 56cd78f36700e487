#include "kernels/cuda/hopper/loss_sums.h"

#include "kernels/cuda/hopper/hidden_columns.cuh"
#include "kernels/cuda/hopper/loss_tiles.cuh"
#include "kernels/cuda/softplus.cuh"
#include "kernels/sizes.h"

namespace ortnce::kernels::cuda {
namespace {

/// Tiles first, for their alignment.
struct HopperLossStorage {
  TileSlots slots;
  uint32_t filter[LabelFilter::kWords];
};
static_assert(sizeof(HopperLossStorage) <= 227 * 1024, "what a block of compute capability 9.0 may have");

static_assert(kHopperExamples == kTile, "the examples that a filter is filled for");

/// Terms that share a logarithm, see SoftplusSum: those of one row among HiddenColumns::kNumbers numbers.
constexpr int kTerms = HiddenColumns::kNumbers / 2;

/// The offsets of a tile's columns, each lane with those of every 32nd.
class TileOffsets {
 public:
  template <class T>
  ORTNCE_DEVICE static TileOffsets load(const Columns& columns, int64_t first_column) {
    TileOffsets offsets;
#pragma unroll
    for (int word = 0; word < kWords; ++word) {
      const int64_t column = first_column + word * kWarp + thread_index() % kWarp;
      offsets.of_lane_[word] = column < columns.count ? columns.template offset<T>(column) : 0.0f;
    }
    return offsets;
  }

  /// That of number i. All lanes of the warp take part, with the same i.
  ORTNCE_DEVICE float at(int i) const {
    const int column = GroupSums::column(i);
    return value_of_lane(of_lane_[i / 4 * 8 / kWarp], column % kWarp);
  }

 private:
  static constexpr int kWords = kGroupColumns / kWarp;

  float of_lane_[kWords];
};

/// The sums of softplus of a thread's two examples.
template <class T>
class SoftplusTotals {
 public:
  ORTNCE_DEVICE SoftplusTotals(const HopperLossParams& params, const uint32_t* filter)
      : p_(params), filter_(filter) {}

  /// Adds the logits of one tile, whose products are given; each row adds a float, of 64 terms.
  ORTNCE_DEVICE void add(GroupSums& sums, int64_t first_column) {
    const auto offsets = TileOffsets::load<T>(p_.columns, first_column);
    const HiddenColumns hidden(p_.masked, p_.columns, filter_, first_column);
    float parts[2] = {0, 0};
#pragma unroll
    for (int first = 0; first < GroupSums::kCount; first += HiddenColumns::kNumbers) {
#pragma unroll
      for (int i = first; i < first + HiddenColumns::kNumbers; i += i % 2 == 0 ? 1 : 3) {
        const float offset = offsets.at(i);
        sums.numbers[i] += offset;
        sums.numbers[i + 2] += offset;  // of the same column
      }
      hidden.hide(sums, first, first_example());
#pragma unroll
      for (int row = 0; row < 2; ++row) {
        // Those of a row come two by two.
        const auto number = [&](int j) { return sums.numbers[first + 2 * row + j / 2 * 4 + j % 2]; };
        parts[row] += value_of(softplus_sum<kTerms>(number));
      }
    }
#pragma unroll
    for (int row = 0; row < 2; ++row) totals_[row] += static_cast<double>(parts[row]);
  }

  /// Writes the sums, which four lanes have parts of.
  ORTNCE_DEVICE void write(double* sums) {
#pragma unroll
    for (int row = 0; row < 2; ++row) {
      double total = totals_[row];
      total += shuffle_xor(total, 1);
      total += shuffle_xor(total, 2);
      const int64_t example = first_example() + GroupSums::row(2 * row);
      if (thread_index() % 4 == 0 && example < p_.batch) sums[example] = total;
    }
  }

 private:
  /// The first of the warpgroup.
  ORTNCE_DEVICE static int64_t first_example() {
    return block_x() * kHopperExamples + thread_index() / kWarpgroup * kGroupRows;
  }

  const HopperLossParams& p_;
  const uint32_t* filter_;
  double totals_[2] = {0, 0};
};

/// Block x has the examples of tile x, block y the columns of slice y.
template <class T>
ORTNCE_KERNEL(kHopperThreads, 1) hopper_loss_sums(ORTNCE_PARAMS HopperLossParams p) {
  auto& storage = *reinterpret_cast<HopperLossStorage*>(shared_memory());
  if (thread_index() == 0) storage.slots.init();
  LabelFilter::fill<kHopperThreads>(storage.filter, p.masked, block_x() * kHopperExamples);
  const int64_t first_tile = block_y() * p.slice_tiles;
  const int64_t rest = (p.columns.count + kHopperColumns - 1) / kHopperColumns - first_tile;
  const TileWalk walk{static_cast<int>(block_x()) * kHopperExamples, static_cast<int>(first_tile) * kHopperColumns,
                      static_cast<int>(rest < p.slice_tiles ? rest : p.slice_tiles),
                      (p.dim + kHopperStep - 1) / kHopperStep};
  if (thread_index() >= kConsumers) {
    give_registers<kCopierRegisters>();
    if (thread_index() == kConsumers) copy_tiles(walk, p.examples, p.rows, storage.slots);
  } else {
    take_registers<kConsumerRegisters>();
    SoftplusTotals<T> totals(p, storage.filter);
    TileProducts<T>(walk, storage.slots).run([&](GroupSums& sums, int tile) {
      totals.add(sums, walk.first_column + int64_t{tile} * kHopperColumns);
    });
    totals.write(p.sums + block_y() * p.batch);
  }
}

}  // namespace

Status queue_hopper_loss_sums(ElementType type, const HopperLossParams& params, int64_t slices, Stream stream) {
  const Grid grid{ceil_div(params.batch, kHopperExamples), slices};
  constexpr const char* kName = "hopper_loss_sums";
  constexpr size_t kBytes = sizeof(HopperLossStorage);
  if (type == ElementType::kBfloat16) {
    return launch(&hopper_loss_sums<Bfloat16>, kName, grid, kHopperThreads, kBytes, stream, params);
  }
  return launch(&hopper_loss_sums<Float16>, kName, grid, kHopperThreads, kBytes, stream, params);
}

}  // namespace ortnce::kernels::cuda
