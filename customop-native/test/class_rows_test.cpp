// ClassRows and ClassTable against a map written down row by row, for every small way to cut the
// classes into partitions: all sizes 0..3 of up to 5 partitions for "div", the one valid cut of
// 0..40 classes into 1..12 partitions for "mod".
#include "kernels/class_rows.h"

#include <gtest/gtest.h>

#include <vector>

#include "kernels/class_table.h"

namespace ortnce::kernels {
namespace {

void expect_row(const ClassRows& rows, int64_t id, size_t partition, int64_t row) {
  const RowAddress address = rows.find(id);
  ASSERT_TRUE(address.partition == partition && address.row == row)
      << "class " << id << " found at " << address.partition << ":" << address.row << ", expected " << partition << ":"
      << row;
}

TEST(ClassRows, DivIsTheConcatenation) {
  for (size_t partitions = 1; partitions <= 5; ++partitions) {
    for (int64_t code = 0; code < int64_t{1} << (2 * partitions); ++code) {
      std::vector<int64_t> sizes;
      for (size_t p = 0; p < partitions; ++p) sizes.push_back((code >> (2 * p)) & 3);
      const ClassRows rows(PartitionStrategy::kDiv, sizes);
      int64_t id = 0;
      for (size_t p = 0; p < partitions; ++p) {
        for (int64_t row = 0; row < sizes[p]; ++row) expect_row(rows, id++, p, row);
      }
      ASSERT_EQ(rows.total(), id);
      for (int64_t first = 0; first < id; ++first) {
        int64_t run = 1;
        while (first + run < id && rows.find(first + run).partition == rows.find(first).partition) ++run;
        ASSERT_EQ(rows.run_length(first), run) << first;
      }
    }
  }
}

TEST(ClassRows, ModIsRoundRobin) {
  for (int64_t partitions = 1; partitions <= 12; ++partitions) {
    for (int64_t total = 0; total <= 40; ++total) {
      // Deal the classes out like cards.
      std::vector<int64_t> dealt(static_cast<size_t>(partitions));
      std::vector<RowAddress> where;
      for (int64_t id = 0; id < total; ++id) {
        const auto p = static_cast<size_t>(id % partitions);
        where.push_back({p, dealt[p]++});
      }
      for (int64_t p = 0; p < partitions; ++p) {
        ASSERT_EQ(ClassRows::mod_size(total, partitions, p), dealt[static_cast<size_t>(p)]);
      }
      const ClassRows rows(PartitionStrategy::kMod, dealt);
      ASSERT_EQ(rows.total(), total);
      for (int64_t id = 0; id < total; ++id) {
        expect_row(rows, id, where[static_cast<size_t>(id)].partition, where[static_cast<size_t>(id)].row);
        ASSERT_EQ(rows.run_length(id), partitions == 1 ? total - id : 1);
      }
    }
  }
}

TEST(ClassRows, SizesBeyond32Bits) {
  const int64_t big = int64_t{3} << 40;
  const ClassRows div(PartitionStrategy::kDiv, {big, 0, big, 5});
  expect_row(div, big - 1, 0, big - 1);
  expect_row(div, big, 2, 0);
  expect_row(div, 2 * big + 4, 3, 4);
  const ClassRows mod(PartitionStrategy::kMod, {big, big});
  expect_row(mod, 2 * big - 1, 1, big - 1);
}

TEST(ClassTable, FindsRowsInTheirPartitions) {
  const float first[] = {0, 1, 2, 3, 4, 5}, second[] = {6, 7, 8}, biases[] = {0.5f, -1.5f, 2.5f};
  const ClassTable div(ClassRows(PartitionStrategy::kDiv, {2, 0, 1}), ElementType::kFloat, {first, nullptr, second}, 3,
                       biases);
  EXPECT_EQ(div.row(0), first);
  EXPECT_EQ(div.row(1), first + 3);
  EXPECT_EQ(div.row(2), second);
  EXPECT_EQ(div.bias(2), 2.5f);
  const ClassTable mod(ClassRows(PartitionStrategy::kMod, {2, 1}), ElementType::kFloat, {first, second}, 3, nullptr);
  EXPECT_EQ(mod.row(1), second);
  EXPECT_EQ(mod.row(2), first + 3);
  EXPECT_EQ(mod.bias(1), 0.0f);
}

}  // namespace
}  // namespace ortnce::kernels
