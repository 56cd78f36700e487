// The worst error of softplus over all finite floats, for every level of this processor: minutes of
// work, so not part of ctest. Prints a line a level; exit code 1 above 2 ulp.
#include <cstdio>
#include <vector>

#include "kernels/cpu/dispatch.h"
#include "support/softplus_accuracy.h"

int main() {
  using namespace ortnce;
  std::vector<test::SoftplusAccuracy> levels;
  for (const char* name : {"baseline", "avx2", "avx512"}) {
    const auto* const kernels = kernels::cpu::find_kernels(name);
    if (kernels != nullptr) levels.emplace_back(*kernels);
  }
  constexpr uint64_t kBlock = 1 << 16;
  std::vector<float> x;
  std::vector<double> exact;
  for (uint64_t begin = 0; begin < uint64_t{1} << 32; begin += kBlock) {
    x.clear();
    exact.clear();
    for (uint64_t bits = begin; bits < begin + kBlock; ++bits) {
      const float value = test::float_of_bits(static_cast<uint32_t>(bits));
      if (!std::isfinite(value)) continue;
      x.push_back(value);
      exact.push_back(test::exact_softplus(value));
    }
    for (test::SoftplusAccuracy& level : levels) level.add(x.data(), exact.data(), static_cast<int64_t>(x.size()));
  }
  bool good = true;
  for (const test::SoftplusAccuracy& level : levels) {
    std::printf("%s: %.4f ulp at %a\n", level.level(), level.worst(), static_cast<double>(level.worst_x()));
    good = good && level.worst() <= 2.0;
  }
  return good ? 0 : 1;
}
