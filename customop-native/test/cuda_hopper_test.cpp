// The kernels of compute capability 9.0: their plan, what they say to the hardware, tiles in their slots, and when
// they are taken. Their losses run through the tests of all kernels, as Hopper/*.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>

#include "kernels/cuda/hopper/gather_rows.h"
#include "kernels/cuda/hopper/loss_run.h"
#include "kernels/cuda/hopper/loss_sums.h"
#include "kernels/cuda/hopper/loss_tiles.cuh"
#include "kernels/cuda/hopper/trial.h"
#include "kernels/cuda/stream.h"
#include "support/device_case.h"
#include "support/nce_terms.h"

namespace ortnce::kernels::cuda {
namespace {

using test::NceCase;

TEST(HopperPlan, SlicesCoverAllColumns) {
  for (const int64_t batch : {1, 128, 129, 1000, 8192, 100'000, 1'000'000}) {
    for (const int64_t columns : {1, 255, 256, 257, 1000, 8192, 1'000'000, 2'000'000'000}) {
      const HopperPlan plan(batch, columns);
      EXPECT_EQ(plan.example_tiles, (batch + 127) / 128);
      EXPECT_EQ(plan.column_tiles, (columns + 255) / 256);
      EXPECT_GE(plan.slices, 1);
      EXPECT_LE(plan.slices, 64);
      EXPECT_GE(plan.slices * plan.slice_tiles, plan.column_tiles);
      EXPECT_LT((plan.slices - 1) * plan.slice_tiles, plan.column_tiles) << batch << ", " << columns;
    }
  }
  EXPECT_EQ(HopperPlan(8192, 8192).slices, 2);        // 128 blocks: one round
  EXPECT_EQ(HopperPlan(256, 1'000'000).slices, 64);
  EXPECT_EQ(HopperPlan(132 * 128, 8192).slices, 1);
  EXPECT_EQ(HopperPlan(150, 600, 2).slice_tiles, 2);
}

TEST(HopperPlan, FillsADevice) {
  EXPECT_TRUE(HopperPlan(8192, 8192).fills_device());
  EXPECT_TRUE(HopperPlan(128, 132 * 256).fills_device());
  EXPECT_FALSE(HopperPlan(128, 131 * 256).fills_device());
}

/// The fields of a matrix descriptor in the PTX documentation of wgmma: address, leading and stride offsets in units
/// of 16 bytes, base offset, swizzle.
TEST(HopperLayout, OperandDescriptor) {
  const uint64_t descriptor = operand_descriptor(0x2c420);
  EXPECT_EQ(descriptor & 0x3fff, 0x2c42u);
  EXPECT_EQ(descriptor >> 32 & 0x3fff, 64u);
  EXPECT_EQ(descriptor >> 49 & 7, 0u);
  EXPECT_EQ(descriptor >> 62, 1u);
}

static_assert((kCopierRegisters + 2 * kConsumerRegisters) * kWarpgroup <= 65536);
static_assert(kCopierRegisters % 8 == 0 && kConsumerRegisters % 8 == 0);
static_assert(sizeof(TileSlots) <= 227 * 1024 - LabelFilter::kWords * 4);

/// One block that walks over all columns: every slot is used many times. Numbers are integers, their products exact.
void expect_walks(int64_t columns, int dim) {
  constexpr int64_t kBatch = 100;
  SCOPED_TRACE(testing::Message() << columns << " columns, dim " << dim);
  std::mt19937_64 random(static_cast<uint64_t>(columns * dim));
  const auto draw = [&](int64_t count) {
    std::vector<float> numbers(static_cast<size_t>(count));
    for (float& number : numbers) number = static_cast<float>(static_cast<int>(random() % 3) - 1);
    return numbers;
  };
  std::vector<float> inputs = draw(kBatch * dim), rows = draw(columns * dim), offsets = draw(columns);
  test::StoredNumbers stored_inputs(ElementType::kBfloat16, inputs.data(), kBatch * dim, 0);
  test::StoredNumbers stored_rows(ElementType::kBfloat16, rows.data(), columns * dim, 0);
  std::vector<double> sums(kBatch, std::nan(""));
  HopperLossParams params{};
  params.batch = kBatch;
  params.dim = dim;
  params.columns.count = columns;
  params.columns.offsets = offsets.data();
  params.slice_tiles = (columns + kHopperColumns - 1) / kHopperColumns;
  params.sums = sums.data();
  ASSERT_TRUE(make_tensor_map({ElementType::kBfloat16, stored_inputs.data(), kBatch, dim}, kHopperExamples,
                              &params.examples)
                  .ok());
  ASSERT_TRUE(
      make_tensor_map({ElementType::kBfloat16, stored_rows.data(), columns, dim}, kHopperColumns, &params.rows).ok());
  const Status status = queue_hopper_loss_sums(ElementType::kBfloat16, params, 1, nullptr);
  ASSERT_TRUE(status.ok()) << status.reason;
  for (int64_t i = 0; i < kBatch; ++i) {
    double sum = 0;
    for (int64_t c = 0; c < columns; ++c) {
      double logit = static_cast<double>(offsets[static_cast<size_t>(c)]);
      for (int64_t k = 0; k < dim; ++k) {
        logit += static_cast<double>(inputs[static_cast<size_t>(i * dim + k)]) *
                 static_cast<double>(rows[static_cast<size_t>(c * dim + k)]);
      }
      sum += test::softplus(logit);
    }
    EXPECT_NEAR(sums[static_cast<size_t>(i)], sum, 4e-7 * sum) << "example " << i;
  }
}

TEST(HopperTiles, AllExamplesStay) {
  for (const int dim : {8, 64, 72, 128, 200, 512}) expect_walks(1500, dim);
}

TEST(HopperTiles, ExamplesComeAgain) {
  for (const int dim : {520, 1024}) expect_walks(700, dim);
}

TEST(HopperTiles, LessStepsThanSlots) {
  for (const int64_t columns : {1, 256, 512, 600}) expect_walks(columns, 40);
}

TEST(HopperTiles, RowsAreGathered) {
  for (const int64_t chunks : {1, 31, 32, 33, 70, 128}) {
    std::vector<Chunk> table(static_cast<size_t>(20 * chunks)), found(static_cast<size_t>(13 * chunks));
    for (size_t at = 0; at < table.size(); ++at) table[at].words[at % 4] = static_cast<uint32_t>(at + 1);
    std::vector<const void*> from;
    for (int64_t row = 0; row < 13; ++row) from.push_back(&table[static_cast<size_t>(row * 7 % 20 * chunks)]);
    ASSERT_TRUE(queue_gather({from.data(), 13, chunks, found.data()}, nullptr).ok());
    for (size_t row = 0; row < from.size(); ++row) {
      const auto bytes = static_cast<size_t>(chunks) * sizeof(Chunk);
      EXPECT_EQ(std::memcmp(&found[row * static_cast<size_t>(chunks)], from[row], bytes), 0) << row << " of " << chunks;
    }
  }
}

class HopperTakes : public testing::Test {
 protected:
  HopperTakes() : nce_({300, 1, 600, 16, 700}, 1), device_(nce_, test::kHopperPairs[1], {}, 1) {
    batch_ = device_.problem().batch;
    sample_ = {false, 600, nce_.sampled.data(), nullptr, nullptr};
  }

  bool taken(int64_t columns = 600) const { return hopper_takes(batch_, sample_, columns); }

  NceCase nce_;
  test::DeviceCase device_;
  DeviceBatch batch_;
  Sample sample_;
};

TEST_F(HopperTakes, WhatItCanRead) {
  EXPECT_TRUE(taken());
  EXPECT_FALSE(taken(0));
  const DeviceBatch batch = batch_;
  batch_.dim = 12;
  EXPECT_FALSE(taken());
  batch_.dim = 0;
  EXPECT_FALSE(taken());
  batch_ = batch;
  batch_.batch = 0;
  EXPECT_FALSE(taken());
  batch_.batch = INT32_MAX;
  EXPECT_FALSE(taken());
  batch_ = batch;
  batch_.inputs = static_cast<const unsigned char*>(batch.inputs) + 2;
  EXPECT_FALSE(taken());
  batch_ = batch;
  EXPECT_FALSE(taken(INT32_MAX));
}

TEST_F(HopperTakes, NoMoreGatheredRowsThan64MiB) {
  sample_.size = (64 << 20) / 32;
  EXPECT_TRUE(taken(sample_.size));
  ++sample_.size;
  EXPECT_FALSE(taken(sample_.size));
}

TEST_F(HopperTakes, AllClassesOfOnePartition) {
  sample_ = {true, 0, nullptr, nullptr, nullptr};
  EXPECT_TRUE(taken(700));
  const void* const twice[] = {batch_.classes.partitions[0], batch_.classes.partitions[0]};
  batch_.classes.partitions = twice;
  batch_.classes.num_partitions = 2;
  EXPECT_FALSE(taken(700));
  sample_.all_classes = false;
  EXPECT_TRUE(taken(700));
}

TEST_F(HopperTakes, WhereFasterNeedsATileForEveryMultiprocessor) {
  batch_.hopper = HopperKernels::kWhereFaster;
  EXPECT_FALSE(taken());
  EXPECT_TRUE(taken(44 * 256));  // by 3 tiles of examples
  batch_.hopper = HopperKernels::kNever;
  EXPECT_FALSE(taken(44 * 256));
}

TEST(HopperTrial, PassesInTheEmulation) {
  bool same = false;
  EXPECT_TRUE(hopper_trial(&same).ok());
  EXPECT_TRUE(same);
}

TEST_F(HopperTakes, AreKeptFromADeviceWhereTheyAreWrong) {
  const CurrentDevice another(7);
  plain_tiles() = true;
  bool same = true;
  EXPECT_TRUE(hopper_trial(&same).ok());
  EXPECT_FALSE(same);
  EXPECT_TRUE(allow_hopper(sample_, 44 * 256, &batch_).ok());
  EXPECT_EQ(batch_.hopper, HopperKernels::kNever);
  plain_tiles() = false;
  EXPECT_TRUE(allow_hopper(sample_, 44 * 256, &batch_).ok());
  EXPECT_EQ(batch_.hopper, HopperKernels::kNever) << "a device is tried once";
}

TEST_F(HopperTakes, AreAllowedByTheEnvironmentToo) {
  const int64_t columns = 44 * 256;
  EXPECT_TRUE(allow_hopper(sample_, columns, &batch_).ok());
  EXPECT_EQ(batch_.hopper, HopperKernels::kWhereFaster);
  setenv(kCudaKernelsVariable, "portable", 1);
  EXPECT_TRUE(allow_hopper(sample_, columns, &batch_).ok());
  EXPECT_EQ(batch_.hopper, HopperKernels::kNever);
  setenv(kCudaKernelsVariable, "wgmma", 1);
  EXPECT_STREQ(allow_hopper(sample_, columns, &batch_).step, kCudaKernelsVariable);
  EXPECT_EQ(batch_.hopper, HopperKernels::kNever);
  EXPECT_TRUE(allow_hopper(sample_, 256, &batch_).ok()) << "they are not asked for";
  unsetenv(kCudaKernelsVariable);
}

}  // namespace
}  // namespace ortnce::kernels::cuda
