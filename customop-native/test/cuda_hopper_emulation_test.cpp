// The emulation finds mistakes with barriers of bytes, copies of boxes and products of warpgroups: kernels with one
// each are reported, and the same kernels without it are not.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernels/cuda/hopper/warpgroup.cuh"

namespace ortnce::kernels::cuda {
namespace {

/// A warpgroup that multiplies, and a thread that has tiles copied.
constexpr int kThreads = kWarpgroup + kWarp, kRows = kGroupColumns;
constexpr size_t kOperandBytes = kRows * kTileRowBytes;

struct Params {
  TensorMap map;
  float* to;
  bool right;
};

struct Storage {
  unsigned char a[kOperandBytes], b[kOperandBytes];
  Barrier full, empty;
};

Storage& storage() { return *reinterpret_cast<Storage*>(shared_memory()); }

/// Numbers [256, 64].
std::vector<Bfloat16> operands() {
  std::vector<Bfloat16> numbers(size_t{kRows} * 64);
  for (size_t i = 0; i < numbers.size(); ++i) {
    numbers[i].bits = static_cast<uint16_t>(bits_of(static_cast<float>(i * 7 % 5) - 2) >> 16);
  }
  return numbers;
}

std::string finding(void (*kernel)(Params), bool right, std::vector<float>* to) {
  const std::vector<Bfloat16> from = operands();
  to->assign(size_t{kGroupRows} * kGroupColumns, -1);
  const Params params{{reinterpret_cast<const unsigned char*>(from.data()), kRows, 128, kRows}, to->data(), right};
  const Status status = launch(kernel, "kernel", Grid{}, kThreads, sizeof(Storage), nullptr, params);
  return status.ok() ? "" : status.reason;
}

void expect_finds(void (*kernel)(Params), const std::string& what) {
  std::vector<float> to;
  EXPECT_EQ(finding(kernel, true, &to), "");
  const std::string found = finding(kernel, false, &to);
  EXPECT_NE(found.find(what), std::string::npos) << "found: " << found;
}

bool copier() { return thread_index() == kWarpgroup; }
bool multiplies() { return thread_index() < kWarpgroup; }

void init(bool all = true) {
  if (thread_index() == 0) {
    init_barrier(&storage().full, 1);
    if (all) init_barrier(&storage().empty, kWarpgroup);
    publish_barriers();
  }
  sync_block();
}

void copy_both(Params p) {
  arrive_and_expect(&storage().full, 2 * kOperandBytes);
  copy_box(storage().a, p.map, 0, 0, &storage().full);
  copy_box(storage().b, p.map, 0, 0, &storage().full);
}

/// Whether the thread multiplies; then both operands are there.
bool has_operands(Params p) {
  init();
  if (copier()) copy_both(p);
  if (multiplies()) wait(&storage().full, 0);
  return multiplies();
}

void multiply(GroupSums& sums) {
  begin_products();
  multiply_add_async(Bfloat16{}, sums, storage().a, storage().b, false);
  commit_products();
}

void write(const GroupSums& sums, float* to) {
  for (int i = 0; i < GroupSums::kCount; ++i) {
    to[GroupSums::row(i) * kGroupColumns + GroupSums::column(i)] = sums.numbers[i];
  }
}

void missing_wait_for_copy(Params p) {
  init();
  if (copier()) copy_both(p);
  if (!multiplies()) return;
  if (p.right) wait(&storage().full, 0);
  GroupSums sums;
  multiply(sums);
  wait_products(sums);
  if (!p.right) wait(&storage().full, 0);
}

/// The tile is free when the products were waited for.
void freed_too_early(Params p) {
  init();
  if (copier()) {
    copy_both(p);
    wait(&storage().empty, 0);
    copy_both(p);
  }
  if (!multiplies()) return;
  wait(&storage().full, 0);
  GroupSums sums;
  multiply(sums);
  if (!p.right) arrive(&storage().empty);
  wait_products(sums);
  if (p.right) arrive(&storage().empty);
  wait(&storage().full, 1);
}

void wrong_parity(Params p) {
  init();
  if (copier()) copy_both(p);
  if (!multiplies()) return;
  wait(&storage().full, p.right ? 0 : 1);
  GroupSums sums;
  multiply(sums);
  wait_products(sums);
  wait(&storage().full, 0);
}

void bytes_not_announced(Params p) {
  init();
  if (copier()) {
    arrive_and_expect(&storage().full, p.right ? kOperandBytes : kOperandBytes / 2);
    copy_box(storage().a, p.map, 0, 0, &storage().full);
  }
  if (multiplies()) wait(&storage().full, 0);
}

void one_does_not_arrive(Params p) {
  init();
  if (!multiplies()) return;
  if (p.right || thread_index() != 3) arrive(&storage().empty);
  wait(&storage().empty, 0);
}

void barrier_never_made(Params p) {
  init(p.right);
  if (multiplies()) arrive(&storage().empty);
}

void copy_never_waited_for(Params p) {
  init();
  if (copier()) copy_both(p);
  if (p.right && multiplies()) wait(&storage().full, 0);
}

void products_never_waited_for(Params p) {
  if (!has_operands(p)) return;
  GroupSums sums;
  multiply(sums);
  if (p.right) wait_products(sums);
}

void products_in_no_group(Params p) {
  if (!has_operands(p)) return;
  GroupSums sums;
  multiply_add_async(Bfloat16{}, sums, storage().a, storage().b, false);
  if (p.right) commit_products();
  wait_products(sums);
}

void misplaced_tile(Params p) {
  init();
  if (copier()) {
    arrive_and_expect(&storage().full, kOperandBytes);
    copy_box(storage().a + (p.right ? 0 : 128), p.map, 0, 0, &storage().full);
  }
  if (multiplies()) wait(&storage().full, 0);
}

void threads_disagree(Params p) {
  if (!has_operands(p)) return;
  GroupSums sums;
  const bool other = !p.right && thread_index() == 77;
  multiply_add_async(Bfloat16{}, sums, storage().a, other ? storage().a : storage().b, false);
  commit_products();
  wait_products(sums);
}

#define EXPECT_FINDS(kernel, what)      \
  do {                                  \
    SCOPED_TRACE(#kernel);              \
    expect_finds(&kernel, what);        \
  } while (false)

TEST(HopperEmulation, FindsMistakes) {
  EXPECT_FINDS(missing_wait_for_copy, "before the copy");
  EXPECT_FINDS(freed_too_early, "which products still read");
  EXPECT_FINDS(wrong_parity, "before the copy");
  EXPECT_FINDS(bytes_not_announced, "hangs");
  EXPECT_FINDS(one_does_not_arrive, "hangs");
  EXPECT_FINDS(barrier_never_made, "not made");
  EXPECT_FINDS(copy_never_waited_for, "ends before its copies arrive");
  EXPECT_FINDS(products_never_waited_for, "ends before its products");
  EXPECT_FINDS(products_in_no_group, "in no group");
  EXPECT_FINDS(misplaced_tile, "multiple of 1024");
  EXPECT_FINDS(threads_disagree, "different products");
}

/// Registers are NaN until the wait.
void sums_too_early(Params p) {
  if (!has_operands(p)) return;
  GroupSums sums;
  multiply(sums);
  if (!p.right) write(sums, p.to);
  wait_products(sums);
  if (p.right) write(sums, p.to);
}

TEST(HopperEmulation, MultipliesTiles) {
  const std::vector<Bfloat16> numbers = operands();
  const auto number = [&](int row, int k) {
    return float_of(static_cast<uint32_t>(numbers[static_cast<size_t>(row * 64 + k)].bits) << 16);
  };
  std::vector<float> to;
  ASSERT_EQ(finding(&sums_too_early, true, &to), "");
  for (int row = 0; row < kGroupRows; ++row) {
    for (int column = 0; column < kGroupColumns; ++column) {
      float sum = 0;
      for (int k = 0; k < kProductNumbers; ++k) sum += number(row, k) * number(column, k);
      ASSERT_EQ(to[static_cast<size_t>(row * kGroupColumns + column)], sum) << row << ", " << column;
    }
  }
  ASSERT_EQ(finding(&sums_too_early, false, &to), "");
  for (const float sum : to) EXPECT_TRUE(std::isnan(sum));
}

}  // namespace
}  // namespace ortnce::kernels::cuda
