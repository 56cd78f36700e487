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

/// The level whose kernels a level has for floats.
std::string of_floats(const std::string& level) { return level == "avx512_bf16" ? "avx512" : level; }

TEST(Dispatch, UnknownLevelsAreNotFound) {
  for (const char* name : {"", "AVX2", "avx", "avx5122", " baseline"}) EXPECT_EQ(find_kernels(name), nullptr) << name;
}

TEST(Dispatch, AvailableLevelsAreThoseThatAreFound) {
  const std::string available = std::string(", ") + platform::available_levels() + ",";
  for (const char* name : {"baseline", "neon", "avx2", "avx512", "avx512_bf16"}) {
    const NceBlockKernels* const kernels = find_kernels(name);
    EXPECT_EQ(kernels != nullptr, available.find(std::string(" ") + name + ",") != std::string::npos) << available;
    if (kernels != nullptr) {
      EXPECT_EQ(kernels->level, of_floats(name));
    }
  }
  EXPECT_NE(find_kernels("baseline"), nullptr);
}

TEST(Dispatch, ForcedElseBest) {
  const char* const forced = std::getenv(platform::kInstructionSetVariable);
  const std::string available = platform::available_levels();
  const std::string best = available.substr(0, available.find(','));
  EXPECT_EQ(active_kernels().level, of_floats(forced != nullptr ? std::string(forced) : best));
}

TEST(Dispatch, TilesFillWholeBlocks) {
  for (const char* name : {"baseline", "neon", "avx2", "avx512", "avx512_bf16"}) {
    const NceBlockKernels* const kernels = find_kernels(name);
    if (kernels == nullptr) continue;
    EXPECT_GT(kernels->panel_width, 0);
    EXPECT_EQ(kernels->panel_width & (kernels->panel_width - 1), 0) << "sum_lanes halves the width";
    EXPECT_GT(kernels->tile_rows, 0);
  }
}

TEST(Dispatch, PairsBelongToALevelOfTheirOwn) {
  const bool wanted = platform::active_level() == platform::InstructionSet::kAvx512Bf16;
  ASSERT_EQ(active_pair_kernels() != nullptr, wanted);
  ASSERT_EQ(active_class_pair_kernels() != nullptr, wanted);
  if (!wanted) return;
  const NceBlockKernels &pairs = *active_pair_kernels(), &floats = active_kernels();
  EXPECT_STREQ(pairs.level, "avx512_bf16");
  EXPECT_EQ(pairs.panel_width, floats.panel_width);
  EXPECT_EQ(pairs.tile_rows, floats.tile_rows);
  EXPECT_EQ(pairs.group_panels, floats.group_panels);
  EXPECT_EQ(active_class_pair_kernels()->panel_width, active_class_kernels().panel_width);
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
