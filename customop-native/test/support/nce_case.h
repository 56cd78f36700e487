// Problems of nce_forward that own their arrays, and the bound on the error of their losses.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "kernels/candidate_index.h"
#include "kernels/nce_forward.h"

namespace ortnce::test {

struct LogitRoundings;  // support/nce_terms.h

struct NceSizes {
  int64_t batch;
  int64_t num_true;
  int64_t num_sampled;
  int64_t dim;
  int64_t num_classes = 50;
};

/// Uniform in (-1, 1), a multiple of 2^-23.
float uniform(std::mt19937_64& random);

/// An array whose first element is `shift` floats past an aligned address.
class ShiftedFloats {
 public:
  ShiftedFloats(int64_t count, int64_t shift)
      : shift_(static_cast<size_t>(shift)), storage_(static_cast<size_t>(count + shift)) {}

  float* data() { return storage_.data() + shift_; }
  float& operator[](int64_t i) { return data()[i]; }
  int64_t size() const { return static_cast<int64_t>(storage_.size() - shift_); }

 private:
  size_t shift_;
  std::vector<float> storage_;
};

/// A problem of random numbers of unit scale: logits of a few units. Every array may be changed
/// before problem() is asked for.
struct NceCase {
  /// The label of no class.
  static constexpr int64_t kIgnored = -1;

  NceCase(NceSizes wanted, uint64_t seed, int64_t shift = 1);

  float* input(int64_t example) { return inputs.data() + example * sizes.dim; }
  float* weight(int64_t class_id) { return weights.data() + class_id * sizes.dim; }
  int64_t& label(int64_t example, int64_t j) { return labels[static_cast<size_t>(example * sizes.num_true + j)]; }

  /// The problem of the arrays as they are now; it points into this object, which must not be
  /// changed or moved before the problem was solved.
  kernels::NceProblem problem();

  NceSizes sizes;
  ShiftedFloats inputs;                // [B, D]
  ShiftedFloats weights;               // [V, D]
  std::vector<int64_t> labels;         // [B, T], kIgnored or a class
  std::vector<int64_t> sampled;        // [S]
  std::vector<float> true_offsets;     // [B, T]
  std::vector<float> sampled_offsets;  // [S]
  bool mask_hits = false;

 private:
  std::vector<const void*> true_rows_, sampled_rows_;
  std::vector<kernels::CandidateIndex::Entry> entries_;
  std::optional<kernels::CandidateIndex> hits_;
};

/// Losses of kernels::nce_forward at the level in use. Fails the test if it writes outside its
/// workspace or its result, or leaves a loss unwritten.
std::vector<double> forward(const kernels::NceProblem& problem, kernels::Executor& executor);
std::vector<double> forward(const kernels::NceProblem& problem);
std::vector<double> forward(NceCase& nce);

/// Losses of the double-precision reference.
std::vector<double> reference(const kernels::NceProblem& problem);

/// What the dot products of a bound were rounded to.
enum class Dots { kRounded, kExact };

/// The most that each loss of the level in use may be off, [B]; see nce_case.cpp for how it is
/// derived.
std::vector<double> error_bounds(const kernels::NceProblem& problem, Dots dots = Dots::kRounded);

/// The same of kernels whose logits have so many roundings.
std::vector<double> error_bounds(const kernels::NceProblem& problem, const LogitRoundings& roundings,
                                 Dots dots = Dots::kRounded);

/// Expects |losses[i] - expected[i]| <= bounds[i] for every i.
void expect_within(const std::vector<double>& losses, const std::vector<double>& expected,
                   const std::vector<double>& bounds);

/// Expects the same bits, NaN included.
void expect_same_bits(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace ortnce::test
