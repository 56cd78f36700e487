#include "kernels/cuda/hopper/warpgroup.cuh"

#include <limits>

#include "cuda_emulation/group_products.h"
#include "cuda_emulation/number_bits.h"

namespace ortnce::kernels::cuda {
namespace {

struct Thread {
  GroupSums* sums;
  const void* a;
  const void* b;
  bool add;
};

emulation::Block& block() { return emulation::current_block(); }

/// Thread t of the running thread's warpgroup, as GroupSums sees it.
int row_of(int t, int i) { return t / kWarp * 16 + t % kWarp / 4 + i / 2 % 2 * 8; }
int column_of(int t, int i) { return i / 4 * 8 + t % 4 * 2 + i % 2; }

template <class Visit>
void for_each_register(Visit visit) {
  for (int t = 0; t < kWarpgroup; ++t) {
    for (int i = 0; i < GroupSums::kCount; ++i) {
      visit(t, i, static_cast<size_t>(row_of(t, i) * kGroupColumns + column_of(t, i)));
    }
  }
}

/// kProductNumbers numbers of `rows` rows of the operand that a descriptor describes.
template <class T>
std::vector<double> read_operand(uint64_t descriptor, int rows, emulation::GroupProducts* products) {
  std::vector<double> numbers(static_cast<size_t>(rows * kProductNumbers));
  const uint64_t first = (descriptor & 0x3fff) * 16, stride = (descriptor >> 32 & 0x3fff) * 16;
  const bool swizzled = descriptor >> 62 == 1;
  for (int row = 0; row < rows; ++row) {
    for (int chunk = 0; chunk < kProductNumbers / 8; ++chunk) {
      const auto in_stride = static_cast<uint64_t>(row % 8 * 128 + chunk * 16);
      uint64_t at = first + static_cast<uint64_t>(row / 8) * stride + in_stride;
      if (swizzled) at ^= at / 128 % 8 * 16;
      const unsigned char* const from = block().shared().data() + at;
      block().shared().begin_read(from, 16);
      products->open.push_back({from, 16});
      if (block().findings().any()) continue;
      for (int n = 0; n < 8; ++n) {
        uint16_t bits;
        std::memcpy(&bits, from + 2 * n, sizeof bits);
        numbers[static_cast<size_t>(row * kProductNumbers + chunk * 8 + n)] = number_of(T{}, bits);
      }
    }
  }
  return numbers;
}

/// Addresses of shared memory begin at 0.
uint64_t descriptor_of(const void* at) {
  return operand_descriptor(
      static_cast<uint32_t>(static_cast<const unsigned char*>(at) - block().shared().data()));
}

template <class T>
void multiply_add_threads(void* const* threads) {
  const auto* const first = static_cast<const Thread*>(threads[0]);
  emulation::GroupProducts& products = block().products();
  for (int t = 1; t < kWarpgroup; ++t) {
    const auto* const other = static_cast<const Thread*>(threads[t]);
    if (other->a != first->a || other->b != first->b || other->add != first->add) {
      block().findings().add("threads of a warpgroup call for different products");
    }
  }
  if (products.sums.empty()) {
    products.sums.resize(size_t{kGroupRows} * kGroupColumns);
    for_each_register([&](int t, int i, size_t at) {
      products.sums[at] = static_cast<const Thread*>(threads[t])->sums->numbers[i];
    });
  }
  for_each_register([&](int t, int i, size_t) {
    static_cast<const Thread*>(threads[t])->sums->numbers[i] = std::numeric_limits<float>::quiet_NaN();
  });
  const std::vector<double> a = read_operand<T>(descriptor_of(first->a), kGroupRows, &products);
  const std::vector<double> b = read_operand<T>(descriptor_of(first->b), kGroupColumns, &products);
  for (int row = 0; row < kGroupRows; ++row) {
    for (int column = 0; column < kGroupColumns; ++column) {
      float& to = products.sums[static_cast<size_t>(row * kGroupColumns + column)];
      double sum = first->add ? static_cast<double>(to) : 0;
      for (int k = 0; k < kProductNumbers; ++k) {
        sum += a[static_cast<size_t>(row * kProductNumbers + k)] * b[static_cast<size_t>(column * kProductNumbers + k)];
      }
      to = cut_off(sum);
    }
  }
}

template <class T>
void multiply_add_in_group(GroupSums& sums, const void* a, const void* b, bool add) {
  Thread thread{&sums, a, b, add};
  block().together(kWarpgroup, &multiply_add_threads<T>, &thread);
}

}  // namespace

void multiply_add_async(Float16, GroupSums& sums, const void* a, const void* b, bool add) {
  multiply_add_in_group<Float16>(sums, a, b, add);
}
void multiply_add_async(Bfloat16, GroupSums& sums, const void* a, const void* b, bool add) {
  multiply_add_in_group<Bfloat16>(sums, a, b, add);
}

void commit_products() {
  block().together(
      kWarpgroup,
      [](void* const*) {
        emulation::GroupProducts& products = block().products();
        products.groups.push_back(std::move(products.open));
        products.open.clear();
      },
      nullptr);
}

void wait_groups(int pending) {
  block().together_late(
      kWarpgroup,
      [](void* const* threads) {
        block().products().wait(static_cast<size_t>(*static_cast<const int*>(threads[0])), block().shared());
      },
      &pending);
}

void wait_products(GroupSums& sums) {
  block().together_late(
      kWarpgroup,
      [](void* const* threads) {
        emulation::GroupProducts& products = block().products();
        products.wait(0, block().shared());
        if (!products.open.empty()) block().findings().add("products are waited for that are in no group");
        if (products.sums.empty()) return;
        for_each_register([&](int t, int i, size_t at) {
          static_cast<GroupSums*>(threads[t])->numbers[i] = products.sums[at];
        });
        products.sums.clear();
      },
      &sums);
}

}  // namespace ortnce::kernels::cuda
