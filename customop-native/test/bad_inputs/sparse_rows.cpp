// Rows A, and those of the ops that work on indices: ComputeAccidentalHits, DeduplicateIndexedSlices and
// ApplyGradients.
#include <limits>
#include <numeric>

#include "bad_inputs/change.h"
#include "bad_inputs/rows.h"

namespace ortnce::test {
namespace {

std::string text_of_op(const OpNode& node, const std::string& rest) { return std::string(node.op) + ": " + rest; }

OpNode hits() { return accidental_hits_node(kTableSizes, 3); }
OpNode slices() { return deduplicate_node(kTableSizes, 3); }
OpNode apply() { return apply_gradients_node(kTableSizes, 3); }

Change hits_of(std::vector<int64_t> labels, std::vector<int64_t> sampled) {
  Change change(hits());
  const auto count = static_cast<int64_t>(sampled.size()), columns = static_cast<int64_t>(labels.size());
  change.input(0, int64s({1, columns}, labels)).input(1, int64s({count}, sampled)).attribute("num_true", columns);
  return change;
}

void many_hits() {
  constexpr int64_t kExamples = 100'000, kColumns = 10;
  NodeNumbers numbers(5);
  OpNode node = hits();
  std::vector<int64_t> sampled(kExamples);
  std::iota(sampled.begin(), sampled.end(), 0);
  node.attributes.ints["num_true"] = kColumns;
  node.inputs = {numbers.ids({kExamples, kColumns}, kExamples), int64s({kExamples}, sampled)};
  const OpResult result = run_node(node);
  demand(result.outputs[1].numbers<int64_t>() == node.inputs[0].numbers<int64_t>(), "not every label is a hit");
}

void more_hits_than_int32() {
  constexpr int64_t kLabels = 32'768, kSampled = 65'536;
  OpNode node = hits();
  node.inputs = {int64s({kLabels, 1}, std::vector<int64_t>(kLabels)), int64s({kSampled}, std::vector<int64_t>(kSampled))};
  Change(hits()).input(0, node.inputs[0]).input(1, node.inputs[1]).refused_in_run(
      text_of_op(node, "there must be at most 2147483647 hits, got 2147483648 up to true_classes[32767,0]"));
}

}  // namespace

std::vector<Row> sparse_rows() {
  return {
      {"A01", "true_classes [2]",
       [] {
         Change(hits()).input(0, int64s({2}, {1, 2})).refused_by_shape(
             text_of_op(hits(), "true_classes must have rank 2, shape [batch, num_true], got rank 1, shape [2]"));
       }},
      {"A02", "sampled_candidates [1,3]",
       [] {
         Change(hits()).input(1, int64s({1, 3}, {1, 2, 3})).refused_by_shape(
             text_of_op(hits(), "sampled_candidates must have rank 1, shape [num_sampled], got rank 2, shape [1, 3]"));
       }},
      {"A03", "true_classes [1,2], num_true 1",
       [] {
         Change(hits()).input(0, int64s({1, 2}, {1, 2})).refused_by_shape(
             text_of_op(hits(),
                        "true_classes must have shape [batch, num_true] = [?, 1], got [1, 2]: dimension 1 is 2, "
                        "expected 1"));
       }},
      {"A04", "no candidates", [] { hits_of({5}, {}).accepted(); }},
      {"A06", "a candidate twice: both positions",
       [] {
         demand(hits_of({5}, {5, 1, 5}).accepted().outputs[1].numbers<int64_t>() == std::vector<int64_t>{0, 2},
                "not both positions");
       }},
      {"A07", "a label twice: two hits",
       [] { demand(hits_of({5, 5}, {5}).accepted().outputs[1].dims[0] == 2, "not two hits"); }},
      {"A08", "negative ids",
       [] {
         Change(hits()).element(0, 1, int64_t{-1}).refused_in_run(
             text_of_op(hits(), "true_classes[1,0] = -1 must be >= 0"));
         Change(hits()).element(1, 2, INT64_MIN).refused_in_run(
             text_of_op(hits(), "sampled_candidates[2] = -9223372036854775808 must be >= 0"));
       }},
      {"A09", "10^6 hits", many_hits},
      {"A10", "2^31 hits", more_hits_than_int32},
      {"A+1", "attributes and types of ComputeAccidentalHits",
       [] {
         Change(hits()).without("num_true").refused_at_creation(text_of_op(hits(), "attribute num_true is missing"));
         Change(hits()).attribute("num_true", int64_t{0}).refused_at_creation(
             text_of_op(hits(), "attribute num_true must be >= 1, got 0"));
         Change(hits()).without_input(0).refused_at_creation(text_of_op(hits(), "true_classes is missing"));
         Change(hits()).inputs(1).refused_at_creation(text_of_op(hits(), "sampled_candidates is missing"));
         Change(hits()).input(1, zeros({3}, 3)).refused_at_creation(
             text_of_op(hits(), "sampled_candidates must be int64, got float"));
         Change(hits()).attribute("ignore_index", int64_t{-1}).element(0, 0, int64_t{-1}).accepted();
       }},

      {"D+1", "indices of DeduplicateIndexedSlices",
       [] {
         Change(slices()).element(0, 1, int64_t{-1}).refused_in_run(
             text_of_op(slices(), "indices[1] = -1 is negative, expected >= 0"));
         Change(slices()).input(0, int64s({}, {1})).refused_in_run(
             text_of_op(slices(), "indices must have rank >= 1, got a scalar"));
         Change(slices()).input(0, int64s({3}, {1, 2, 3})).refused_by_shape(
             text_of_op(slices(), "the shape of values must begin with that of indices, [3], got [2, 4]"));
         Change(slices()).input(0, int64s({2, 4, 1}, std::vector<int64_t>(8))).refused_by_shape(
             text_of_op(slices(), "the shape of values must begin with that of indices, [2, 4, 1], got [2, 4]"));
         Change(slices()).input(0, zeros({2}, 2)).refused_at_creation(
             text_of_op(slices(), "indices must be int64 or int32, got float"));
         Change(slices()).input(1, doubles({2, 1}, {1, 2})).refused_at_creation(
             text_of_op(slices(), "values must be float, got double"));
         Change(slices()).without_input(0).refused_at_creation(text_of_op(slices(), "indices is missing"));
         Change(slices()).inputs(1).refused_at_creation(text_of_op(slices(), "values is missing"));
       }},
      {"D+2", "a shape that overflows",
       [] {
         const int64_t huge = int64_t{1} << 40;
         OpNode node = slices();
         node.inputs = {{ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, {huge, huge}, {}},
                        {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, {huge, huge, 2}, {}}};
         Change(slices()).input(0, node.inputs[0]).input(1, node.inputs[1]).refused_in_run(
             text_of_op(node, "the sizes of shape [1099511627776, 1099511627776, 2] overflow int64"));
       }},

      {"O+1", "parameters of ApplyGradients",
       [] {
         const auto text = [](const std::string& rest) { return text_of_op(apply(), rest); };
         Change(apply()).attribute("rule", "lion").refused_at_creation(
             text("attribute rule must be one of \"sgd\", \"momentum\", \"nesterov\", \"adagrad\", \"adam\", got "
                  "\"lion\""));
         Change(apply()).without_input(0).refused_at_creation(text("coefficients is missing"));
         Change(apply()).input(0, zeros({3}, 3)).refused_by_shape(
             text("coefficients must have shape [coefficients of the rule] = [4], got [3]: dimension 0 is 3, expected "
                  "4"));
         Change(apply()).type(1, ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE).refused_at_creation(
             text("loss must be float, got double"));
         Change(apply()).input(2, zeros({}, 1)).refused_in_run(
             text("value of parameter 0 must have rank >= 1, got a scalar"));
         Change(apply()).inputs(10).refused_at_creation(text("gradient of parameter 1 is missing"));
         Change(apply()).input(3, zeros({10, 3}, 30)).refused_by_shape(
             text("slot of parameter 0 must have shape of the parameter's value = [10, 4], got [10, 3]: dimension 1 is "
                  "3, expected 4"));
         Change(apply()).input(10, zeros({3}, 3)).refused_by_shape(
             text("gradient of parameter 1 must have shape of the parameter's value = [4], got [3]: dimension 0 is 3, "
                  "expected 4"));
         Change(apply()).input(6, zeros({3, 4}, 12)).refused_by_shape(
             text("gradient values of parameter 0 must have shape of the parameter's value = [4, 4], got [3, 4]: "
                  "dimension 0 is 3, expected 4"));
         Change(apply()).type(2, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32).refused_at_creation(
             text("value of parameter 0 must be float, got int32"));
       }},
      {"O+2", "indices of ApplyGradients",
       [] {
         const auto refused = [](size_t place, int64_t index, const std::string& rest) {
           Change(apply()).element(5, place, index).refused_in_run(text_of_op(apply(), rest));
         };
         refused(3, 10, "indices[3] of parameter 0 = 10 is outside [0, 10)");
         refused(0, -1, "indices[0] of parameter 0 = -1 is outside [0, 10)");
         refused(1, 0,
                 "indices[1] of parameter 0 = 0 is not above the one before, 0: expected ascending, unique indices");
       }},
      {"O+3", "a loss that is not finite makes no step",
       [] {
         for (const float loss : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
           const OpResult result = Change(apply()).element(1, 0, loss).accepted();
           demand(result.outputs[0].bytes == apply().inputs[2].bytes, "the parameter changed");
         }
       }},
      {"O+4", "outputs of another number",
       [] {
         OpNode node = apply();
         const OpKernel kernel(node.op, declare(node.inputs, Declared::kShapes), node.attributes, {}, std::vector<bool>(5, true));
         demand(kernel.error() == text_of_op(node, "2 parameters with 2 slots each have 6 outputs, got 5"),
                kernel.error());
       }},
  };
}

}  // namespace ortnce::test
