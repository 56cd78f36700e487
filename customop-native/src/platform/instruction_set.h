// Which instructions the vector code may use on this processor.
#pragma once

namespace ortnce::platform {

/// Levels in order: of one architecture each runs where a higher one runs. NEON belongs to every 64-bit
/// Arm, the AVX levels to x86-64.
enum class InstructionSet { kBaseline, kNeon, kAvx2, kAvx512, kAvx512Bf16 };

/// The environment variable that forces a level by name.
inline constexpr const char* kInstructionSetVariable = "ORTNCE_ISA";

/// The names in the order of the enumerators.
const char* name_of(InstructionSet level);

/// Whether this build and this processor have the level.
bool is_available(InstructionSet level);

/// The level in use: the one ORTNCE_ISA names at first use, else the best; the best level too where the
/// variable names none (forced_level_is_available tells).
InstructionSet active_level();

/// Makes an available level the one in use, for tests that compare levels. Not while a kernel runs.
void use_level(InstructionSet level);

/// Whether ORTNCE_ISA is unset or names a level that runs here.
bool forced_level_is_available();

/// The levels that run here, best first, such as "avx512, avx2, baseline".
const char* available_levels();

}  // namespace ortnce::platform
