// Rows G: NceLossGrad. V = 10, D = 4, B = 2, S = 3, T = 1. G08 lies with N79.
#include <cmath>
#include <limits>

#include "bad_inputs/change.h"
#include "bad_inputs/rows.h"

namespace ortnce::test {
namespace {

constexpr size_t kLossGrad = 0, kInputs = 1, kLabels = 2, kBiases = 3, kSampled = 4, kTrueCount = 5, kWeights = 7;
constexpr size_t kInputsGrad = 0, kClassIds = 1, kWeightsGrad = 2, kBiasesGrad = 3;
constexpr float kInf = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();

std::string text(const std::string& rest) { return "NceLossGrad: " + rest; }

OpNode table_node() { return nce_loss_grad_node(kTableSizes, 3); }

/// Gradient of the bias of one label's class, for a loss_grad of 1 and this logit.
float bias_gradient(float logit) {
  Change change(nce_loss_grad_node({1, 1, 0, 0, 1, 1}, 3));
  change.attribute("subtract_log_q", int64_t{0})
      .input(kLossGrad, floats({1}, {1}))
      .input(kBiases, floats({1}, {logit}));
  return change.accepted().outputs[kBiasesGrad].numbers<float>().at(0);
}

void nan_of_row_0() {
  Change change(table_node());
  change.attribute("remove_accidental_hits", int64_t{0})
      .input(kLabels, int64s({2, 1}, {0, 1}))
      .input(kSampled, int64s({3}, {5, 6, 7}))
      .element(kLossGrad, 0, kNan);
  const OpResult result = change.accepted();
  const std::vector<float> dx = result.outputs[kInputsGrad].numbers<float>();
  const std::vector<float> db = result.outputs[kBiasesGrad].numbers<float>();
  demand(std::isnan(dx[0]) && !std::isnan(dx[4]), "inputs_grad is not NaN in row 0 alone");
  // Classes 0, 1, 5, 6, 7, of which only that of row 1's label is apart from row 0.
  demand(std::isnan(db[0]) && !std::isnan(db[1]) && std::isnan(db[2]), "biases_grad is not NaN where row 0 is");
}

void ignored_labels() {
  Change change(table_node());
  change.attribute("ignore_index", int64_t{-100})
      .element(kLabels, 0, int64_t{-100})
      .element(kTrueCount, 0, kNan);
  const std::vector<float> dx = change.accepted().outputs[kInputsGrad].numbers<float>();
  for (size_t d = 0; d < 4; ++d) demand(dx[d] == 0, "an example without labels has a gradient");
}

void every_subset_of_outputs() {
  const OpNode node = table_node();
  const OpResult all = run_node(node);
  for (unsigned subset = 0; subset < 16; ++subset) {
    const std::vector<bool> wanted{true, (subset & 1) != 0, (subset & 2) != 0, (subset & 4) != 0, (subset & 8) != 0};
    const OpResult some = run_node(node, 1, wanted);
    for (size_t i = 0; i < wanted.size(); ++i) {
      demand(wanted[i] ? some.outputs[i].bytes == all.outputs[i].bytes : some.outputs[i].bytes.empty(),
             "output " + std::to_string(i) + " depends on which others there are");
    }
  }
}

}  // namespace

std::vector<Row> nce_gradient_rows() {
  return {
      {"G01", "loss_grad [2,1], scalar, [3]",
       [] {
         Change(table_node()).input(kLossGrad, zeros({2, 1}, 2)).refused_by_shape(
             text("loss_grad must have rank 1, shape [batch], got rank 2, shape [2, 1]"));
         Change(table_node()).input(kLossGrad, zeros({}, 1)).refused_in_run(
             text("loss_grad must have rank 1, shape [batch], got rank 0, shape []"));
         Change(table_node()).input(kLossGrad, zeros({3}, 3)).refused_by_shape(
             text("loss_grad must have shape [batch] = [2], got [3]: dimension 0 is 3, expected 2"));
         OpNode reduced = table_node();
         reduced.attributes.strings["reduction"] = "mean";
         reduced.inputs[kLossGrad] = floats({}, {1});
         Change(reduced).input(kLossGrad, zeros({2}, 2)).refused_by_shape(
             text("loss_grad must have rank 0, shape [] of a reduced loss, got rank 1, shape [2]"));
       }},
      {"G02", "NaN in row 0 of loss_grad", nan_of_row_0},
      {"G03", "batch 0: gradients of the candidates are 0",
       [] {
         const OpResult result = Change(nce_loss_grad_node({0, 1, 3, 4, 10, 1}, 3)).accepted();
         for (const float d : result.outputs[kWeightsGrad].numbers<float>()) demand(d == 0, "a gradient is not 0");
       }},
      {"G04", "a class both label and candidate",
       [] {
         Change(table_node())
             .attribute("remove_accidental_hits", int64_t{0})
             .input(kLabels, int64s({2, 1}, {4, 4}))
             .input(kSampled, int64s({3}, {4, 4, 1}))
             .accepted();
       }},
      {"G06", "logit 100 of a label: -sigmoid(-100), not 0",
       [] { demand(std::fabs(bias_gradient(100) / -3.783506e-44f - 1) < 1e-6f, "the gradient lost its digits"); }},
      {"G07", "infinite logits",
       [] {
         demand(bias_gradient(kInf) == 0, "+infinity");
         demand(bias_gradient(-kInf) == -1, "-infinity");
       }},
      {"G09", "an ignored label adds nothing", ignored_labels},
      {"G10", "some of the outputs alone", every_subset_of_outputs},
      {"G12", "candidates that repeat: one row a class, summed",
       [] {
         const OpResult result = Change(table_node())
                                     .attribute("remove_accidental_hits", int64_t{0})
                                     .input(kLabels, int64s({2, 1}, {3, 4}))
                                     .input(kSampled, int64s({3}, {9, 9, 9}))
                                     .accepted();
         demand(result.outputs[kClassIds].numbers<int64_t>() == std::vector<int64_t>{3, 4, 9}, "ids repeat");
       }},
      {"G+1", "missing inputs and types",
       [] {
         Change(table_node()).without_input(kLossGrad).refused_at_creation(text("loss_grad is missing"));
         Change(table_node()).input(kLossGrad, doubles({2}, {1, 1})).refused_at_creation(
             text("loss_grad must be float, got double"));
         Change(table_node()).inputs(kWeights).refused_at_creation(text("weights is missing"));
         Change(table_node())
             .without_input(kSampled)
             .without_input(kTrueCount)
             .without_input(kTrueCount + 1)
             .refused_at_creation(
                 text("sampled_candidates, true_expected_count and sampled_expected_count are required, got none"));
       }},
      {"G+2", "labels and candidates outside",
       [] {
         Change(table_node()).element(kLabels, 1, int64_t{10}).refused_in_run(
             text("labels[1,0] = 10 is outside [0, 10)"));
         Change(table_node()).element(kSampled, 0, int64_t{-1}).refused_in_run(
             text("sampled_candidates[0] = -1 is outside [0, 10)"));
         Change(table_node()).element(kTrueCount, 0, 0.0f).refused_in_run(
             text("true_expected_count[0,0] = 0 must be finite and > 0"));
       }},
      {"G+3", "inputs [3,4] for two labels",
       [] {
         Change(table_node()).input(kInputs, zeros({3, 4}, 12)).refused_by_shape(
             text("labels must have shape [batch of inputs, num_true] = [3, 1], got [2, 1]: dimension 0 is 2, expected "
                  "3"));
       }},
  };
}

}  // namespace ortnce::test
