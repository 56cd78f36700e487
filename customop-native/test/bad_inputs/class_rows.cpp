// Rows E: the ops over all classes.
#include <cmath>

#include "bad_inputs/change.h"
#include "bad_inputs/rows.h"

namespace ortnce::test {
namespace {

constexpr size_t kInputs = 0, kLabels = 1, kBiases = 2, kWeights = 3;
constexpr int64_t kChunk = 8192;

OpNode full(NodeSizes sizes = kTableSizes) { return full_sigmoid_loss_node(sizes, 3); }
OpNode shard() { return full_sigmoid_loss_shard_node(kTableSizes, 3); }
OpNode combine() { return combine_full_sigmoid_loss_node(kTableSizes, 3); }
OpNode top_k() { return top_k_classes_node(kTableSizes, 3); }

std::string text_of_op(const OpNode& node, const std::string& rest) { return std::string(node.op) + ": " + rest; }

/// Working memory does not grow with the classes, nor with batch times classes.
void memory_of_many_classes() {
  const auto bytes_of = [](int64_t batch, int64_t classes) {
    const OpResult result = run_node(full({batch, 1, 0, 1, classes, 1}), 2, {true, false, false, false});
    return result.scratch_bytes;
  };
  const int64_t few = bytes_of(1024, 100'000), many = bytes_of(1024, 400'000), most = bytes_of(64, 4'000'000);
  demand(many <= (64 << 20) && most <= (64 << 20), "more than 64 MiB of working memory");
  demand(many <= few * 2, "working memory grows with the classes");
}

void equal_logits() {
  constexpr int64_t kClasses = 10'000'000;
  OpNode node = full({1, 1, 0, 1, 1, 1});
  node.inputs = {floats({1, 1}, {1}), int64s({1, 1}, {5}), {}, floats({kClasses, 1}, std::vector<float>(kClasses, 0.5f))};
  const float loss = run_node(node, 1, {true, false, false, false}).outputs[0].numbers<float>()[0];
  const double exact = static_cast<double>(kClasses) * std::log1p(std::exp(0.5)) - 0.5;
  demand(std::fabs(static_cast<double>(loss) - exact) <= 2e-6 * exact, "the sum lost its digits");
}

void padding_alone(const char* reduction) {
  Change change(full());
  change.attribute("ignore_index", int64_t{-1}).attribute("reduction", reduction).input(kLabels, int64s({2, 1}, {-1, -1}));
  for (const float loss : change.accepted().outputs[0].numbers<float>()) demand(loss == 0, "the loss is not 0");
}

}  // namespace

std::vector<Row> class_rows() {
  return {
      {"E01", "a batch of 1024 and many classes: at most 64 MiB", memory_of_many_classes},
      {"E02", "label V",
       [] {
         for (const OpNode& node : {full(), shard()}) {
           Change(node).element(kLabels, 1, int64_t{10}).refused_in_run(
               text_of_op(node, "labels[1,0] = 10 is outside [0, 10)"));
         }
         Change(combine()).element(0, 1, int64_t{10}).refused_in_run(
             text_of_op(combine(), "labels[1,0] = 10 is outside [0, 10)"));
       }},
      {"E03", "a class twice among the labels",
       [] { Change(full({2, 2, 0, 4, 10, 1})).input(kLabels, int64s({2, 2}, {5, 5, 1, 2})).accepted(); }},
      {"E04", "batch 0, one class, dim 0",
       [] {
         Change(full({0, 1, 0, 4, 10, 1})).accepted();
         Change(full({2, 1, 0, 4, 1, 1})).accepted();
         Change(full({2, 1, 0, 0, 10, 2})).accepted();
         Change(full({0, 1, 0, 0, 1, 1})).accepted();
       }},
      {"E06", "classes around a chunk",
       [] {
         for (const int64_t classes : {kChunk - 1, kChunk, kChunk + 1}) Change(full({2, 1, 0, 3, classes, 1})).accepted();
       }},
      {"E07", "10^7 equal logits", equal_logits},
      {"E08", "all labels ignored: 0",
       [] {
         for (const char* reduction : {"none", "mean", "sum"}) padding_alone(reduction);
       }},
      {"E09", "num_classes above the rows",
       [] {
         for (const OpNode& node : {full(), top_k()}) {
           Change(node).attribute("num_classes", int64_t{20}).refused_by_shape(
               text_of_op(node, "num_classes = 20 must be at most the rows of the weights, 10"));
         }
       }},
      {"E+1", "shapes and types",
       [] {
         for (const OpNode& node : {full(), shard(), top_k()}) {
           Change(node).input(kInputs, zeros({4}, 4)).refused_by_shape(
               text_of_op(node, "inputs must have rank 2, shape [batch, dim], got rank 1, shape [4]"));
           Change(node).type(kInputs, ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE).refused_at_creation(
               text_of_op(node, "inputs must be float, float16 or bfloat16, got double"));
           Change(node).without_input(kInputs).refused_at_creation(text_of_op(node, "inputs is missing"));
           Change(node).inputs(node.inputs.size() - 1).refused_at_creation(text_of_op(node, "weights is missing"));
         }
         for (const OpNode& node : {full(), shard()}) {
           Change(node).without_input(kLabels).refused_at_creation(text_of_op(node, "labels is missing"));
           Change(node).input(kLabels, zeros({2, 1}, 2)).refused_at_creation(
               text_of_op(node, "labels must be int64 or int32, got float"));
           Change(node).input(kLabels, int64s({3, 1}, {1, 2, 3})).refused_by_shape(
               text_of_op(node,
                          "labels must have shape [batch of inputs, num_true] = [2, 1], got [3, 1]: dimension 0 is 3, "
                          "expected 2"));
         }
         Change(full()).input(kBiases, zeros({9}, 9)).refused_by_shape(
             text_of_op(full(), "biases must have num_classes = 10 elements (or 10, the rows of the weights), got 9"));
         Change(full()).input(kWeights, zeros({10, 3}, 30)).refused_by_shape(
             text_of_op(full(),
                        "weights must have shape [rows, dim of inputs] = [?, 4], got [10, 3]: dimension 1 is 3, "
                        "expected 4"));
       }},
      {"E+2", "ranges of a shard",
       [] {
         const auto refused = [](const char* name, int64_t value, const char* rest) {
           Change(shard()).attribute(name, value).refused_at_creation(text_of_op(shard(), rest));
         };
         refused("class_begin", 1, "class_begin must be a multiple of 8192 and >= 0, got 1");
         refused("class_begin", -kChunk, "class_begin must be a multiple of 8192 and >= 0, got -8192");
         refused("class_begin", kChunk, "class_begin must be below num_classes = 10, got 8192");
         Change(shard()).without("num_classes").refused_at_creation(
             text_of_op(shard(), "attribute num_classes is missing"));
         Change(shard()).attribute("num_classes", kChunk).refused_by_shape(
             text_of_op(shard(),
                        "the classes of the weights must end at a multiple of 8192 or at num_classes = 8192, got "
                        "class_begin + rows = 10"));
         Change(shard()).input(4, zeros({0, 4}, 0)).refused_by_shape(
             text_of_op(shard(), "weights must have at least one row, got 0"));
         Change(shard()).input(2, zeros({2, 2}, 4)).refused_by_shape(
             text_of_op(shard(),
                        "true_logits must have shape [batch, num_true] = [2, 1], got [2, 2]: dimension 1 is 2, expected "
                        "1"));
         Change(shard()).input(2, doubles({2, 1}, {1, 1})).refused_at_creation(
             text_of_op(shard(), "true_logits must be float, got double"));
         OpNode without = shard();
         without.inputs[2] = {};
         const OpKernel kernel(without.op, declare(without.inputs, Declared::kShapes), without.attributes);
         demand(kernel.run(without.inputs).error ==
                    text_of_op(without, "true_logits is missing: output larger_counts needs the logits of all labels"),
                "ranks without logits");
       }},
      {"E+3", "inputs of CombineFullSigmoidLoss",
       [] {
         const OpNode node = combine();
         const auto text = [&](const std::string& rest) { return text_of_op(node, rest); };
         Change(node).without_input(0).refused_at_creation(text("labels is missing"));
         Change(node).without_input(1).refused_at_creation(text("true_logits is missing"));
         Change(node).without_input(2).refused_at_creation(text("softplus_sums is missing"));
         Change(node).without("num_classes").refused_at_creation(text("attribute num_classes is missing"));
         Change(node).attribute("num_classes", int64_t{0}).refused_at_creation(text("num_classes must be >= 1, got 0"));
         Change(node).input(2, zeros({2, 1}, 2)).refused_at_creation(text("softplus_sums must be double, got float"));
         Change(node).input(4, zeros({2, 1}, 2)).refused_at_creation(text("larger_counts must be int64, got float"));
         Change(node).input(1, zeros({2, 2}, 4)).refused_by_shape(
             text("true_logits must have shape [batch of labels, num_true] = [2, 1], got [2, 2]: dimension 1 is 2, "
                  "expected 1"));
         Change(node).input(3, doubles({2, 2}, {1, 1, 1, 1})).refused_by_shape(
             text("log_sum_exps must have shape [batch of labels, chunks of num_classes] = [2, 1], got [2, 2]: "
                  "dimension 1 is 2, expected 1"));
         for (const int64_t count : {int64_t{-1}, int64_t{10}, INT64_MAX}) {
           Change(node).element(4, 1, count).refused_in_run(
               text("larger_counts[1,0] = " + std::to_string(count) + " is outside [0, 10)"));
         }
         for (const auto& [input, message] : {std::pair{3, "log_sum_exps is missing: output softmax_loss needs it"},
                                              std::pair{4, "larger_counts is missing: output true_ranks needs it"}}) {
           OpNode without = node;
           without.inputs[static_cast<size_t>(input)] = {};
           const OpKernel kernel(without.op, declare(without.inputs, Declared::kShapes), without.attributes);
           demand(kernel.run(without.inputs).error == text(message), "an output without what it needs");
         }
       }},
      {"E+4", "k and class_begin of TopKClasses",
       [] {
         const OpNode node = top_k();
         Change(node).without("k").refused_at_creation(text_of_op(node, "attribute k is missing"));
         Change(node).attribute("k", int64_t{0}).refused_at_creation(text_of_op(node, "k must be >= 1, got 0"));
         Change(node).attribute("k", int64_t{11}).refused_by_shape(
             text_of_op(node, "k must be at most num_classes = 10, got 11"));
         Change(node).attribute("class_begin", int64_t{-1}).refused_at_creation(
             text_of_op(node, "class_begin must be >= 0, got -1"));
         Change(node).attribute("class_begin", INT64_MAX - 9).refused_by_shape(text_of_op(
             node, "class_begin must be at most 2^63 - 1 - num_classes, got 9223372036854775798 with num_classes = 10"));
         Change(node).attribute("k", int64_t{10}).attribute("class_begin", int64_t{7}).accepted();
         Change(top_k_classes_node({3, 1, 2, 0, 5, 1}, 3)).accepted();
       }},
  };
}

}  // namespace ortnce::test
