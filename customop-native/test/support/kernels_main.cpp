// Runs the kernel tests at the level that ORTNCE_ISA names. Exit code 77: this processor lacks it.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "kernels/cpu/dispatch.h"

int main(int argc, char** argv) {
  using namespace ortnce::kernels;
  const char* const level = std::getenv(cpu::kLevelVariable);
  if (cpu::active_kernels() == nullptr) {
    bool known = false;
    for (const char* name : {"baseline", "avx2", "avx512"}) known = known || std::strcmp(level, name) == 0;
    std::printf("%s = %s cannot run here: this processor has %s\n", cpu::kLevelVariable, level, cpu::available_levels());
    return known ? 77 : 1;
  }
  std::printf("Kernels: %s\n", cpu::active_kernels()->level);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
