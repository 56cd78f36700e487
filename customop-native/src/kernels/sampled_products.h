// The products of inputs and sampled candidates: which block kernels form them, and of what.
#pragma once

#include <cstdint>

#include "kernels/cpu/nce_block.h"
#include "kernels/nce_forward.h"

namespace ortnce::kernels {

/// Pairs of bfloat16 numbers where inputs and embeddings are such and the processor multiplies pairs; else
/// floats.
class SampledProducts {
 public:
  explicit SampledProducts(const NceProblem& problem);

  /// The kernels whose pack_panel, sampled_sums and sampled_slopes form the products, and the problem as
  /// they see it.
  const cpu::NceBlockKernels& kernels() const { return *kernels_; }
  const NceProblem& problem() const { return problem_; }

  /// Floats of a packed panel: at most panel_width * D.
  int64_t panel_floats() const { return kernels_->panel_width * problem_.dim; }

  void pack(int64_t panel, float* packed) const;

 private:
  const cpu::NceBlockKernels* kernels_;
  NceProblem problem_;
};

}  // namespace ortnce::kernels
