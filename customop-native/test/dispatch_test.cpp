// The choice of the instruction-set level: names, what this processor reports, the forced level.
// Out of scope: that a level's instructions exist on a processor that reports it.
#include "kernels/cpu/dispatch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "kernels/example_panels.h"
#include "platform/instruction_set.h"

namespace ortnce::kernels::cpu {
namespace {

TEST(Dispatch, UnknownLevelsAreNotFound) {
  for (const char* name : {"", "AVX2", "avx", "avx5122", " baseline"}) EXPECT_EQ(find_kernels(name), nullptr) << name;
}

TEST(Dispatch, AvailableLevelsAreThoseThatAreFound) {
  const std::string available = std::string(", ") + platform::available_levels() + ",";
  for (const char* name : {"baseline", "neon", "avx2", "avx512"}) {
    const NceBlockKernels* const kernels = find_kernels(name);
    EXPECT_EQ(kernels != nullptr, available.find(std::string(" ") + name + ",") != std::string::npos) << available;
    if (kernels != nullptr) {
      EXPECT_STREQ(kernels->level, name);
    }
  }
  EXPECT_NE(find_kernels("baseline"), nullptr);
}

TEST(Dispatch, ForcedElseBest) {
  const char* const forced = std::getenv(platform::kInstructionSetVariable);
  const std::string available = platform::available_levels();
  const std::string best = available.substr(0, available.find(','));
  EXPECT_EQ(active_kernels().level, forced != nullptr ? std::string(forced) : best);
}

TEST(Dispatch, TilesFillWholeBlocks) {
  for (const char* name : {"baseline", "neon", "avx2", "avx512"}) {
    const NceBlockKernels* const kernels = find_kernels(name);
    if (kernels == nullptr) continue;
    EXPECT_GT(kernels->panel_width, 0);
    EXPECT_EQ(kernels->panel_width & (kernels->panel_width - 1), 0) << "sum_lanes halves the width";
    EXPECT_GT(kernels->tile_rows, 0);
  }
}

TEST(Dispatch, ClassKernelsAreOfTheSameLevel) {
  const ClassBlockKernels& kernels = active_class_kernels();
  EXPECT_STREQ(kernels.level, active_kernels().level);
  EXPECT_GT(kernels.panel_width, 0);
  EXPECT_LE(kernels.panel_width, kMostPanelWidth);
  EXPECT_GT(kernels.tile_rows, 0);
}

}  // namespace
}  // namespace ortnce::kernels::cpu
