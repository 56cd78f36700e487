#include "platform/instruction_set.h"

#include <atomic>
#include <cstdlib>
#include <cstring>

namespace ortnce::platform {
namespace {

constexpr InstructionSet kLevels[] = {InstructionSet::kAvx512Bf16, InstructionSet::kAvx512, InstructionSet::kAvx2,
                                      InstructionSet::kNeon, InstructionSet::kBaseline};

/// The level ORTNCE_ISA names, if it runs here; else `otherwise`.
InstructionSet forced_level(bool* found, InstructionSet otherwise) {
  const char* const forced = std::getenv(kInstructionSetVariable);
  *found = true;
  if (forced == nullptr || *forced == '\0') return otherwise;
  for (const InstructionSet level : kLevels) {
    if (std::strcmp(forced, name_of(level)) == 0 && is_available(level)) return level;
  }
  *found = false;
  return otherwise;
}

InstructionSet best_level() {
  for (const InstructionSet level : kLevels) {
    if (is_available(level)) return level;
  }
  return InstructionSet::kBaseline;
}

std::atomic<InstructionSet>& level_in_use() {
  static std::atomic<InstructionSet> level = [] {
    bool found = false;
    return forced_level(&found, best_level());
  }();
  return level;
}

}  // namespace

const char* name_of(InstructionSet level) {
  switch (level) {
    case InstructionSet::kAvx512Bf16: return "avx512_bf16";
    case InstructionSet::kAvx512: return "avx512";
    case InstructionSet::kAvx2: return "avx2";
    case InstructionSet::kNeon: return "neon";
    case InstructionSet::kBaseline: break;
  }
  return "baseline";
}

bool is_available(InstructionSet level) {
#ifdef __x86_64__
  const bool avx2 =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  switch (level) {
    case InstructionSet::kAvx512Bf16: return avx512 && __builtin_cpu_supports("avx512bf16");
    case InstructionSet::kAvx512: return avx512;
    case InstructionSet::kAvx2: return avx2;
    case InstructionSet::kNeon:
    case InstructionSet::kBaseline: break;
  }
#elif defined(__aarch64__)
  if (level == InstructionSet::kNeon) return true;
#endif
  return level == InstructionSet::kBaseline;
}

InstructionSet active_level() { return level_in_use().load(std::memory_order_relaxed); }

void use_level(InstructionSet level) { level_in_use().store(level, std::memory_order_relaxed); }

bool forced_level_is_available() {
  bool found = false;
  forced_level(&found, InstructionSet::kBaseline);
  return found;
}

const char* available_levels() {
  switch (best_level()) {
    case InstructionSet::kAvx512Bf16: return "avx512_bf16, avx512, avx2, baseline";
    case InstructionSet::kAvx512: return "avx512, avx2, baseline";
    case InstructionSet::kAvx2: return "avx2, baseline";
    case InstructionSet::kNeon: return "neon, baseline";
    case InstructionSet::kBaseline: break;
  }
  return "baseline";
}

}  // namespace ortnce::platform
