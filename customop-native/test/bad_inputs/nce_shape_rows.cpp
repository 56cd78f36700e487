// Rows N01 to N32: shapes and labels of NceLoss. V = 10, D = 4, B = 2, S = 3, T = 1.
#include "bad_inputs/change.h"
#include "bad_inputs/rows.h"
#include "kernels/nce_forward.h"

namespace ortnce::test {
namespace {

constexpr size_t kInputs = 0, kLabels = 1, kBiases = 2, kSampled = 3, kTrueCount = 4, kSampledCount = 5, kWeights = 7;
constexpr const char* kOp = "NceLoss: ";

OpNode own() { return nce_loss_node(kTableSizes, 3); }
OpNode given(NodeSizes sizes = kTableSizes) { return nce_loss_of_sample_node(sizes, 3); }

void refused(size_t input, OpTensor tensor, const std::string& rest) {
  for (const OpNode& node : {own(), given()}) Change(node).input(input, tensor).refused_by_shape(kOp + rest);
}

/// Labels and inputs of other batches, with counts for 4 labels so that those are not what is wrong.
Change batch_of_4(std::vector<int64_t> labels, int64_t num_true) {
  Change change(own());
  const int64_t count = labels[0] * labels[1];
  change.input(kInputs, zeros({4, 4}, 16)).input(kLabels, int64s(std::move(labels), std::vector<int64_t>(static_cast<size_t>(count))));
  change.attribute("num_true", num_true);
  return change;
}

void label_is(int64_t label) {
  for (const OpNode& node : {own(), given()}) {
    Change(node).element(kLabels, 0, label).refused_in_run(kOp + std::string("labels[0,0] = ") + std::to_string(label) +
                                                           " is outside [0, 10)");
  }
}

/// Two labels an example, of which -100 does not count.
Change with_padding(std::vector<int64_t> labels) {
  Change change(given({2, 2, 3, 4, 10, 1}));
  change.attribute("ignore_index", int64_t{-100}).input(kLabels, int64s({2, 2}, labels));
  return change;
}

float loss_of(const Change& change, size_t example) { return change.accepted().outputs[0].numbers<float>().at(example); }

void workspace_of_large_batch() {
  kernels::NceProblem problem;
  problem.batch = problem.num_sampled = int64_t{1} << 20;
  problem.num_true = 1;
  problem.dim = 128;
  size_t bytes = 0;
  demand(kernels::nce_forward_workspace(problem, &bytes), "the workspace overflows");
  demand(bytes <= (size_t{2} << 20) * 128 * sizeof(float) * 2, "the workspace is larger than O((B + S) D)");
}

}  // namespace

std::vector<Row> nce_shape_rows() {
  return {
      {"N01", "inputs [4]",
       [] { refused(kInputs, zeros({4}, 4), "inputs must have rank 2, shape [batch, dim], got rank 1, shape [4]"); }},
      {"N02", "inputs [2,2,4]",
       [] {
         refused(kInputs, zeros({2, 2, 4}, 16),
                 "inputs must have rank 2, shape [batch, dim], got rank 3, shape [2, 2, 4]");
       }},
      {"N03", "weights [10]",
       [] {
         refused(kWeights, zeros({10}, 10),
                 "weights must have rank 2, shape [rows, dim of inputs], got rank 1, shape [10]");
       }},
      {"N04", "weights [10,4,1]",
       [] {
         refused(kWeights, zeros({10, 4, 1}, 40),
                 "weights must have rank 2, shape [rows, dim of inputs], got rank 3, shape [10, 4, 1]");
       }},
      {"N06", "labels [2]",
       [] {
         refused(kLabels, int64s({2}, {1, 2}),
                 "labels must have rank 2, shape [batch of inputs, num_true], got rank 1, shape [2]");
       }},
      {"N07", "labels [2,2], num_true 1, inputs [4,4]",
       [] {
         batch_of_4({2, 2}, 1).refused_by_shape(
             kOp + std::string("labels must have shape [batch of inputs, num_true] = [4, 1], got [2, 2]: dimension 0 "
                               "is 2, expected 4"));
       }},
      {"N08", "labels [4,1], num_true 4",
       [] {
         batch_of_4({4, 1}, 4).refused_by_shape(
             kOp + std::string("labels must have shape [batch of inputs, num_true] = [4, 4], got [4, 1]: dimension 1 "
                               "is 1, expected 4"));
       }},
      {"N09", "labels [1,1], inputs [4,4]",
       [] {
         batch_of_4({1, 1}, 1).refused_by_shape(
             kOp + std::string("labels must have shape [batch of inputs, num_true] = [4, 1], got [1, 1]: dimension 0 "
                               "is 1, expected 4"));
       }},
      {"N10", "labels [2,1], inputs [3,4]",
       [] {
         refused(kInputs, zeros({3, 4}, 12),
                 "labels must have shape [batch of inputs, num_true] = [3, 1], got [2, 1]: dimension 0 is 2, expected "
                 "3");
       }},
      {"N12", "dim 0",
       [] {
         Change(given({2, 1, 3, 0, 10, 1})).accepted();
         Change(nce_loss_node({2, 1, 3, 0, 10, 2}, 3)).accepted();
         demand(loss_of(Change(given({2, 1, 3, 0, 10, 1})), 0) > 0, "the loss of biases alone is 0");
       }},
      {"N13", "batch 0",
       [] {
         Change(given({0, 1, 3, 4, 10, 1})).accepted();
         Change(nce_loss_node({0, 1, 3, 4, 10, 1}, 3)).accepted();
       }},
      {"N14", "weights [0,4]",
       [] { refused(kWeights, zeros({0, 4}, 0), "num_classes must be >= 1, got 0: the weights have no rows"); }},
      {"N15", "5 biases",
       [] {
         refused(kBiases, zeros({5}, 5),
                 "biases must have num_classes = 10 elements (or 10, the rows of the weights), got 5");
       }},
      {"N16", "50 biases",
       [] {
         refused(kBiases, zeros({50}, 50),
                 "biases must have num_classes = 10 elements (or 10, the rows of the weights), got 50");
       }},
      {"N18", "50 rows for num_classes 10: padding, as SPEC.md says",
       [] {
         Change(given()).input(kWeights, NodeNumbers(4).numbers({50, 4})).attribute("num_classes", int64_t{10}).accepted();
         Change(given())
             .attribute("num_classes", int64_t{11})
             .refused_by_shape(kOp + std::string("num_classes = 11 must be at most the rows of the weights, 10"));
       }},
      {"N19", "no candidates: the part of the labels",
       [] {
         Change change(given({2, 1, 0, 4, 10, 1}));
         change.accepted();
         change.attribute("remove_accidental_hits", int64_t{0}).accepted();
       }},
      {"N20", "2^40 logits: memory of O((B + S) D)", workspace_of_large_batch},
      {"N21", "unknown dimensions that disagree in the run",
       [] {
         OpNode node = given();
         std::vector<OpTensor> declared = declare(node.inputs, Declared::kShapes);
         for (OpTensor& input : declared) input.dims.assign(input.dims.size(), -1);
         const OpKernel kernel(node.op, declared, node.attributes);
         demand(kernel.error().empty(), kernel.error());
         const std::vector<OpTensor> good = node.inputs;
         node.inputs[kInputs] = zeros({3, 4}, 12);
         demand(kernel.run(node.inputs).error ==
                    kOp + std::string("labels must have shape [batch of inputs, num_true] = [3, 1], got [2, 1]: "
                                      "dimension 0 is 2, expected 3"),
                "no error, or another");
         demand(kernel.run(good).error.empty(), "the good run after the error fails");
       }},
      {"N22", "labels 10, -1, 2^63 - 1, -2^63",
       [] {
         for (const int64_t label : {int64_t{10}, int64_t{-1}, INT64_MAX, INT64_MIN}) label_is(label);
         Change(own()).input(kLabels, int32s({2, 1}, {1, INT32_MIN})).refused_in_run(
             kOp + std::string("labels[1,0] = -2147483648 is outside [0, 10)"));
       }},
      {"N24", "ignore_index -100", [] { with_padding({1, -100, 3, 4}).accepted(); }},
      {"N25", "all labels of an example ignored: loss 0",
       [] { demand(loss_of(with_padding({-100, -100, 3, 4}), 0) == 0, "the loss is not 0"); }},
      {"N26", "all examples ignored, mean: 0",
       [] {
         Change change = with_padding({-100, -100, -100, -100});
         change.attribute("reduction", "mean");
         demand(loss_of(change, 0) == 0, "the mean is not 0");
       }},
      {"N27", "ignore_index of a class", [] {
         Change change = with_padding({3, 1, 3, 3});
         change.attribute("ignore_index", int64_t{3});
         demand(loss_of(change, 1) == 0, "the class is not ignored");
       }},
      {"N28", "ignore_index -100, label -1",
       [] {
         OpNode good = with_padding({1, -100, 3, 4}).node();
         Change(good).element(kLabels, 1, int64_t{-1}).refused_in_run(
             kOp + std::string("labels[0,1] = -1 is outside [0, 10)"));
       }},
      {"N30", "labels uint64, bool",
       [] {
         Change(own()).type(kLabels, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64).refused_at_creation(
             kOp + std::string("labels must be int64 or int32, got uint64"));
         Change(own()).type(kLabels, ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL).refused_at_creation(
             kOp + std::string("labels must be int64 or int32, got bool"));
       }},
      {"N31", "a class twice among the labels", [] { with_padding({5, 5, 3, 3}).accepted(); }},
      {"N32", "one of two labels ignored: the target is 1", [] { with_padding({-100, 5, 3, -100}).accepted(); }},
  };
}

}  // namespace ortnce::test
