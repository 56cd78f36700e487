// The instruction-set levels of this processor, for tests that compare them.
#pragma once

#include <vector>

#include "platform/instruction_set.h"

namespace ortnce::test {

inline std::vector<platform::InstructionSet> available_levels() {
  using platform::InstructionSet;
  std::vector<InstructionSet> levels;
  for (const InstructionSet level : {InstructionSet::kBaseline, InstructionSet::kNeon, InstructionSet::kAvx2,
                                     InstructionSet::kAvx512, InstructionSet::kAvx512Bf16}) {
    if (platform::is_available(level)) levels.push_back(level);
  }
  return levels;
}

/// Puts a level to use for as long as it lives.
class LevelInUse {
 public:
  explicit LevelInUse(platform::InstructionSet level) : before_(platform::active_level()) {
    platform::use_level(level);
  }
  ~LevelInUse() { platform::use_level(before_); }
  LevelInUse(const LevelInUse&) = delete;
  LevelInUse& operator=(const LevelInUse&) = delete;

 private:
  platform::InstructionSet before_;
};

/// Calls body(level) with every level in use.
template <class Body>
void at_every_level(Body body) {
  for (const platform::InstructionSet level : available_levels()) {
    const LevelInUse in_use(level);
    body(level);
  }
}

}  // namespace ortnce::test
