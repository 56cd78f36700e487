#include "kernels/sampled_products.h"

#include <algorithm>

#include "kernels/cpu/dispatch.h"
#include "kernels/row_products.h"

namespace ortnce::kernels {
namespace {

bool in_pairs(const NceProblem& p) {
  if (p.row_type != ElementType::kBfloat16 || p.bfloat16_inputs == nullptr) return false;
  const auto holds = [&](const void* row) { return holds_pairs(row, p.dim); };
  return holds(p.bfloat16_inputs) && std::all_of(p.sampled_rows, p.sampled_rows + p.num_sampled, holds);
}

}  // namespace

SampledProducts::SampledProducts(const NceProblem& problem) : kernels_(&cpu::active_kernels()), problem_(problem) {
  const cpu::NceBlockKernels* const pairs = cpu::active_pair_kernels();
  if (pairs == nullptr || !in_pairs(problem)) return;
  const RowProducts products(true, problem.dim);
  kernels_ = pairs;
  problem_.inputs = static_cast<const float*>(problem.bfloat16_inputs);
  problem_.row_type = products.read_as(problem.row_type);
  problem_.dim = products.dim();
}

void SampledProducts::pack(int64_t panel, float* packed) const {
  const int64_t first = panel * kernels_->panel_width;
  kernels_->pack_panel(problem_.row_type, problem_.sampled_rows + first,
                       std::min(kernels_->panel_width, problem_.num_sampled - first), problem_.dim, packed);
}

}  // namespace ortnce::kernels
