#include "oracle/oracle.h"

#include <cstring>
#include <string>

namespace ortnce::test {

void check_outputs(const OpNode& node, const std::vector<bool>& wanted, const OpResult& result) {
  const size_t listed = node.output_count != 0 ? node.output_count : result.outputs.size();
  for (size_t i = 0; i < listed; ++i) {
    // A scalar has bytes, and every other tensor has dimensions.
    if ((wanted.empty() || wanted.at(i)) && result.outputs.at(i).dims.empty() && result.outputs.at(i).bytes.empty()) {
      throw Mismatch("output " + std::to_string(i) + " was listed and not given");
    }
  }
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
