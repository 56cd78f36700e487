#include "kernels/cpu/dispatch.h"

#include <cstring>
#include <initializer_list>

#include "platform/instruction_set.h"

namespace ortnce::kernels::cpu {
namespace {

const NceBlockKernels& kernels_of(platform::InstructionSet level) {
#ifdef __x86_64__
  if (level >= platform::InstructionSet::kAvx512) return kAvx512Kernels;
  if (level == platform::InstructionSet::kAvx2) return kAvx2Kernels;
#elif defined(__aarch64__)
  if (level == platform::InstructionSet::kNeon) return kNeonKernels;
#endif
  (void)level;
  return kBaselineKernels;
}

const ClassBlockKernels& class_kernels_of(platform::InstructionSet level) {
#ifdef __x86_64__
  if (level >= platform::InstructionSet::kAvx512) return kAvx512ClassKernels;
  if (level == platform::InstructionSet::kAvx2) return kAvx2ClassKernels;
#elif defined(__aarch64__)
  if (level == platform::InstructionSet::kNeon) return kNeonClassKernels;
#endif
  (void)level;
  return kBaselineClassKernels;
}

const ConversionKernels& conversion_kernels_of(platform::InstructionSet level) {
#ifdef __x86_64__
  if (level >= platform::InstructionSet::kAvx512) return kAvx512ConversionKernels;
  if (level == platform::InstructionSet::kAvx2) return kAvx2ConversionKernels;
#endif
  (void)level;
  return kBaselineConversionKernels;
}

const OptimizerKernels& optimizer_kernels_of(platform::InstructionSet level) {
#ifdef __x86_64__
  if (level >= platform::InstructionSet::kAvx512) return kAvx512OptimizerKernels;
  if (level == platform::InstructionSet::kAvx2) return kAvx2OptimizerKernels;
#endif
  (void)level;
  return kBaselineOptimizerKernels;
}

}  // namespace

const NceBlockKernels* find_kernels(const char* name) {
  using platform::InstructionSet;
  for (const InstructionSet level : {InstructionSet::kBaseline, InstructionSet::kNeon, InstructionSet::kAvx2,
                                     InstructionSet::kAvx512, InstructionSet::kAvx512Bf16}) {
    if (std::strcmp(name, platform::name_of(level)) == 0 && platform::is_available(level)) return &kernels_of(level);
  }
  return nullptr;
}

const NceBlockKernels& active_kernels() { return kernels_of(platform::active_level()); }

const NceBlockKernels* active_pair_kernels() {
#ifdef __x86_64__
  if (platform::active_level() == platform::InstructionSet::kAvx512Bf16) return &kAvx512Bf16Kernels;
#endif
  return nullptr;
}

const ClassBlockKernels* active_class_pair_kernels() {
#ifdef __x86_64__
  if (platform::active_level() == platform::InstructionSet::kAvx512Bf16) return &kAvx512Bf16ClassKernels;
#endif
  return nullptr;
}

const ClassBlockKernels& active_class_kernels() { return class_kernels_of(platform::active_level()); }

const ConversionKernels& active_conversion_kernels() { return conversion_kernels_of(platform::active_level()); }

const OptimizerKernels& active_optimizer_kernels() { return optimizer_kernels_of(platform::active_level()); }

}  // namespace ortnce::kernels::cpu
