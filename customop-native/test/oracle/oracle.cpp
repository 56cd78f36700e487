#include "oracle/oracle.h"

#include <cstring>

namespace ortnce::test {

void check_outputs(const OpNode& node, const std::vector<bool>&, const OpResult& result) {
  using Check = void (*)(const OpNode&, const OpResult&);
  static constexpr struct {
    const char* op;
    Check check;
  } kChecks[] = {{"NceLoss", check_nce_loss},
                 {"NceLossGrad", check_nce_loss_grad},
                 {"FullSigmoidLoss", check_full_sigmoid_loss},
                 {"FullSigmoidLossShard", check_full_sigmoid_loss_shard},
                 {"CombineFullSigmoidLoss", check_combine_full_sigmoid_loss},
                 {"TopKClasses", check_top_k_classes},
                 {"ComputeAccidentalHits", check_accidental_hits},
                 {"DeduplicateIndexedSlices", check_deduplicate},
                 {"ApplyGradients", check_apply_gradients}};
  for (const auto& [op, check] : kChecks) {
    if (std::strcmp(op, node.op) == 0) return check(node, result);
  }
  check_sampler(node, result);
}

}  // namespace ortnce::test
