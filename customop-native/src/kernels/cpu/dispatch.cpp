#include "kernels/cpu/dispatch.h"

#include <cstdlib>
#include <cstring>

namespace ortnce::kernels::cpu {
namespace {

#ifdef __x86_64__
bool runs_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool runs_avx512() {
  return runs_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#endif

const NceBlockKernels* best_kernels() {
#ifdef __x86_64__
  if (runs_avx512()) return &kAvx512Kernels;
  if (runs_avx2()) return &kAvx2Kernels;
#endif
  return &kBaselineKernels;
}

}  // namespace

const NceBlockKernels* find_kernels(const char* name) {
  if (std::strcmp(name, kBaselineKernels.level) == 0) return &kBaselineKernels;
#ifdef __x86_64__
  if (std::strcmp(name, kAvx2Kernels.level) == 0 && runs_avx2()) return &kAvx2Kernels;
  if (std::strcmp(name, kAvx512Kernels.level) == 0 && runs_avx512()) return &kAvx512Kernels;
#endif
  return nullptr;
}

const NceBlockKernels* active_kernels() {
  static const NceBlockKernels* const kernels = [] {
    const char* forced = std::getenv(kLevelVariable);
    return forced != nullptr && *forced != '\0' ? find_kernels(forced) : best_kernels();
  }();
  return kernels;
}

const char* available_levels() {
#ifdef __x86_64__
  if (runs_avx512()) return "avx512, avx2, baseline";
  if (runs_avx2()) return "avx2, baseline";
#endif
  return "baseline";
}

}  // namespace ortnce::kernels::cpu
