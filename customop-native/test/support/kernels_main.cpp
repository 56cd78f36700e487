// Runs the kernel tests at the level that ORTNCE_ISA names. Exit code 77: this processor lacks it.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "kernels/cpu/dispatch.h"
#include "platform/instruction_set.h"

int main(int argc, char** argv) {
  using namespace ortnce;
  const char* const level = std::getenv(platform::kInstructionSetVariable);
  if (!platform::forced_level_is_available()) {
    bool known = false;
    for (const char* name :
         {"baseline", "neon", "avx2", "avx512", "avx512_bf16"}) known = known || std::strcmp(level, name) == 0;
    std::printf("%s = %s cannot run here: this processor has %s\n", platform::kInstructionSetVariable, level,
                platform::available_levels());
    return known ? 77 : 1;
  }
  std::printf("Kernels: %s\n", kernels::cpu::active_kernels().level);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
