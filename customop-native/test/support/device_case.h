// Problems of the CUDA kernels made of problems of nce_forward: the same numbers in other types, the rows in
// partitions, offsets as biases and expected counts.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/class_rows.h"
#include "kernels/cuda/nce_forward.h"
#include "kernels/reduction.h"
#include "support/nce_case.h"
#include "support/nce_gradient_case.h"
#include "support/nce_terms.h"

namespace ortnce::test {

/// What kernels there are for.
struct TypePair {
  const char* name;
  kernels::ElementType inputs, weights;
  bool tf32 = false;
  kernels::cuda::HopperKernels hopper = kernels::cuda::HopperKernels::kNever;
};

inline constexpr TypePair kTypePairs[] = {
    {"Float", kernels::ElementType::kFloat, kernels::ElementType::kFloat},
    {"Tf32", kernels::ElementType::kFloat, kernels::ElementType::kFloat, true},
    {"Float16", kernels::ElementType::kFloat16, kernels::ElementType::kFloat16},
    {"Bfloat16", kernels::ElementType::kBfloat16, kernels::ElementType::kBfloat16},
    {"FloatFloat16", kernels::ElementType::kFloat, kernels::ElementType::kFloat16},
    {"FloatBfloat16", kernels::ElementType::kFloat, kernels::ElementType::kBfloat16},
};

/// The losses of half types have kernels of compute capability 9.0 besides, where rows begin at multiples of 16 bytes.
inline constexpr TypePair kHopperPairs[] = {
    {"HopperFloat16", kernels::ElementType::kFloat16, kernels::ElementType::kFloat16, false,
     kernels::cuda::HopperKernels::kWherePossible},
    {"HopperBfloat16", kernels::ElementType::kBfloat16, kernels::ElementType::kBfloat16, false,
     kernels::cuda::HopperKernels::kWherePossible},
};

/// How the table of classes is stored.
struct Storage {
  kernels::PartitionStrategy strategy = kernels::PartitionStrategy::kDiv;
  int64_t partitions = 1;
  int64_t shift = 0;  // numbers that rows begin after a multiple of 16 bytes
  bool biases = true;
};

/// Numbers of a type, at an address of so many numbers after a multiple of 16 bytes.
class StoredNumbers {
 public:
  /// Rounds `numbers`, and stores what is left of them.
  StoredNumbers(kernels::ElementType type, float* numbers, int64_t count, int64_t shift);

  void* data() { return bytes_.data() + offset_; }
  const void* data() const { return bytes_.data() + offset_; }

 private:
  size_t offset_;
  std::vector<unsigned char> bytes_;
};

class DeviceCase {
 public:
  /// Rounds the inputs and weights of `nce` to the types, and gives it the offsets of biases and counts
  /// drawn by `seed`. Both must not change while this is in use, but for ids, and numbers by poke.
  DeviceCase(NceCase& nce, const TypePair& types, const Storage& storage, uint64_t seed);

  kernels::cuda::DeviceNceProblem problem() const;

  /// The losses of the kernels, [B] or one. Fails the test if a launch fails or something is written
  /// outside of its memory.
  std::vector<float> losses(kernels::Reduction reduction = kernels::Reduction::kNone) const;

  /// The same of a problem that was changed.
  static std::vector<float> losses(const kernels::cuda::DeviceNceProblem& problem,
                                   kernels::Reduction reduction = kernels::Reduction::kNone);

  /// The bias of a class, as it is stored.
  float bias(int64_t class_id) const { return class_biases_[static_cast<size_t>(class_id)]; }

  /// What the kernels may be off the reference, [B].
  std::vector<double> bounds() const;
  LogitRoundings roundings() const;

  /// Those of the sums of gradients of so many terms.
  SumRoundings sum_roundings(double of_inputs, double of_candidates) const;

 private:
  NceCase& nce_;
  TypePair types_;
  kernels::PartitionStrategy strategy_;
  std::vector<float> class_biases_, true_counts_, sampled_counts_;
  std::vector<StoredNumbers> inputs_, rows_, biases_;
  std::vector<const void*> partitions_;
  std::vector<int64_t> sizes_;
};

}  // namespace ortnce::test
