#include "support/op_node.h"

#include <algorithm>

#include "kernels/conversion.h"

namespace ortnce::test {
namespace {

using Build = OpNode (*)(const NodeSizes&, uint64_t);

/// Weights in the partitions that "mod" needs, which "div" takes as well.
void add_weights(const NodeSizes& sizes, NodeNumbers& numbers, std::vector<OpTensor>* inputs) {
  for (int64_t p = 0; p < sizes.partitions; ++p) {
    const int64_t rows = sizes.num_classes / sizes.partitions + (p < sizes.num_classes % sizes.partitions ? 1 : 0);
    inputs->push_back(numbers.numbers({rows, sizes.dim}));
  }
}

OpNode sampler(const char* op, const NodeSizes& sizes, uint64_t seed) {
  NodeNumbers numbers(seed);
  OpNode node{op, {}, {numbers.ids({sizes.batch, sizes.num_true}, sizes.num_classes)}};
  node.attributes.ints = {{"num_true", sizes.num_true},
                          {"num_sampled", sizes.num_sampled},
                          {"range_max", sizes.num_classes},
                          {"unique", 1},
                          {"seed", 7},
                          {"seed2", 11}};
  return node;
}

}  // namespace

int64_t OpNode::integer(const char* name, int64_t otherwise) const {
  const auto found = attributes.ints.find(name);
  return found == attributes.ints.end() ? otherwise : found->second;
}

std::string OpNode::text(const char* name, const char* otherwise) const {
  const auto found = attributes.strings.find(name);
  return found == attributes.strings.end() ? otherwise : found->second;
}

const OpTensor& OpNode::input(size_t index) const {
  static const OpTensor absent{};
  return index < inputs.size() ? inputs[index] : absent;
}

std::vector<OpTensor> declare(const std::vector<OpTensor>& inputs, Declared how) {
  if (how == Declared::kConstants) return inputs;
  std::vector<OpTensor> declared;
  for (const OpTensor& input : inputs) {
    declared.push_back({input.type, how == Declared::kShapes ? input.dims : std::vector<int64_t>{}, {}});
  }
  return declared;
}

OpTensor rounded(const OpTensor& tensor, ONNXTensorElementDataType type) {
  if (tensor.type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || tensor.type == type) return tensor;
  const std::vector<float> wide = tensor.numbers<float>();
  std::vector<uint16_t> halves(wide.size());
  kernels::SerialExecutor serial;
  kernels::narrow(wide.data(), static_cast<int64_t>(wide.size()),
                  type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 ? kernels::ElementType::kFloat16
                                                                : kernels::ElementType::kBfloat16,
                  halves.data(), serial);
  return op_tensor(type, tensor.dims, halves);
}

int64_t NodeNumbers::id(int64_t limit) {
  state_ = state_ * 6364136223846793005u + 1442695040888963407u;
  return static_cast<int64_t>((state_ >> 33) % static_cast<uint64_t>(std::max<int64_t>(limit, 1)));
}

float NodeNumbers::number() { return (static_cast<float>(id(1 << 24)) + 0.5f) * 0x1p-23f - 1; }

namespace {

/// `make()` for every element of a shape of one or two dimensions.
template <class T, class Make>
std::vector<T> filled(const std::vector<int64_t>& dims, Make make) {
  std::vector<T> values(static_cast<size_t>(dims[0] * (dims.size() > 1 ? dims[1] : 1)));
  for (T& value : values) value = make();
  return values;
}

}  // namespace

OpTensor NodeNumbers::ids(const std::vector<int64_t>& dims, int64_t limit) {
  return int64s(dims, filled<int64_t>(dims, [&] { return id(limit); }));
}

OpTensor NodeNumbers::numbers(const std::vector<int64_t>& dims) {
  return floats(dims, filled<float>(dims, [&] { return number(); }));
}

OpTensor NodeNumbers::counts(const std::vector<int64_t>& dims) {
  return floats(dims, filled<float>(dims, [&] { return (number() + 1.0f) / 2 + 0x1p-25f; }));
}

OpNode nce_loss_node(const NodeSizes& sizes, uint64_t seed) {
  NodeNumbers numbers(seed);
  OpNode node{"NceLoss", {}, {}};
  node.attributes.ints = {{"num_true", sizes.num_true}, {"num_sampled", sizes.num_sampled}, {"seed", 7}, {"seed2", 11}};
  node.inputs = {numbers.numbers({sizes.batch, sizes.dim}),
                 numbers.ids({sizes.batch, sizes.num_true}, sizes.num_classes),
                 numbers.numbers({sizes.num_classes}),
                 {},
                 {},
                 {},
                 {}};
  add_weights(sizes, numbers, &node.inputs);
  return node;
}

OpNode nce_loss_of_sample_node(const NodeSizes& sizes, uint64_t seed) {
  OpNode node = nce_loss_node(sizes, seed);
  NodeNumbers numbers(seed + 1);
  node.inputs[3] = numbers.ids({sizes.num_sampled}, sizes.num_classes);
  node.inputs[4] = numbers.counts({sizes.batch, sizes.num_true});
  node.inputs[5] = numbers.counts({sizes.num_sampled});
  node.attributes.ints["remove_accidental_hits"] = 1;
  return node;
}

OpNode nce_loss_grad_node(const NodeSizes& sizes, uint64_t seed) {
  OpNode node = nce_loss_of_sample_node(sizes, seed);
  node.op = "NceLossGrad";
  node.inputs.erase(node.inputs.begin() + 6);  // step
  node.inputs.insert(node.inputs.begin(), NodeNumbers(seed + 2).numbers({sizes.batch}));
  return node;
}

OpNode full_sigmoid_loss_node(const NodeSizes& sizes, uint64_t seed) {
  NodeNumbers numbers(seed);
  OpNode node{"FullSigmoidLoss", {}, {}};
  node.attributes.ints = {{"num_true", sizes.num_true}};
  node.inputs = {numbers.numbers({sizes.batch, sizes.dim}),
                 numbers.ids({sizes.batch, sizes.num_true}, sizes.num_classes), numbers.numbers({sizes.num_classes})};
  add_weights(sizes, numbers, &node.inputs);
  return node;
}

OpNode full_sigmoid_loss_shard_node(const NodeSizes& sizes, uint64_t seed) {
  OpNode node = full_sigmoid_loss_node(sizes, seed);
  node.op = "FullSigmoidLossShard";
  node.attributes.ints["num_classes"] = sizes.num_classes;
  node.inputs.insert(node.inputs.begin() + 2, NodeNumbers(seed + 3).numbers({sizes.batch, sizes.num_true}));
  return node;
}

OpNode combine_full_sigmoid_loss_node(const NodeSizes& sizes, uint64_t seed) {
  NodeNumbers numbers(seed);
  constexpr int64_t kChunk = 8192;
  const int64_t chunks = (sizes.num_classes + kChunk - 1) / kChunk;
  OpNode node{"CombineFullSigmoidLoss", {}, {}};
  node.attributes.ints = {{"num_true", sizes.num_true}, {"num_classes", sizes.num_classes}};
  std::vector<double> sums, log_sums;
  for (int64_t at = 0; at < sizes.batch * chunks; ++at) {
    sums.push_back(static_cast<double>(numbers.number()) + 5);
    log_sums.push_back(static_cast<double>(numbers.number()));
  }
  node.inputs = {numbers.ids({sizes.batch, sizes.num_true}, sizes.num_classes),
                 numbers.numbers({sizes.batch, sizes.num_true}), doubles({sizes.batch, chunks}, sums),
                 doubles({sizes.batch, chunks}, log_sums),
                 numbers.ids({sizes.batch, sizes.num_true}, sizes.num_classes)};
  return node;
}

OpNode top_k_classes_node(const NodeSizes& sizes, uint64_t seed) {
  NodeNumbers numbers(seed);
  OpNode node{"TopKClasses", {}, {}};
  node.attributes.ints = {{"k", std::max<int64_t>(1, std::min(sizes.num_sampled, sizes.num_classes))}};
  node.inputs = {numbers.numbers({sizes.batch, sizes.dim}), numbers.numbers({sizes.num_classes})};
  add_weights(sizes, numbers, &node.inputs);
  return node;
}

OpNode accidental_hits_node(const NodeSizes& sizes, uint64_t seed) {
  NodeNumbers numbers(seed);
  OpNode node{"ComputeAccidentalHits", {}, {}};
  node.attributes.ints = {{"num_true", sizes.num_true}};
  node.inputs = {numbers.ids({sizes.batch, sizes.num_true}, sizes.num_classes),
                 numbers.ids({sizes.num_sampled}, sizes.num_classes)};
  return node;
}

OpNode deduplicate_node(const NodeSizes& sizes, uint64_t seed) {
  NodeNumbers numbers(seed);
  return {"DeduplicateIndexedSlices",
          {},
          {numbers.ids({sizes.batch * sizes.num_true}, sizes.num_classes),
           numbers.numbers({sizes.batch * sizes.num_true, sizes.dim})}};
}

OpNode apply_gradients_node(const NodeSizes& sizes, uint64_t seed) {
  NodeNumbers numbers(seed);
  OpNode node{"ApplyGradients", {}, {}};
  node.attributes.strings = {{"rule", "adam"}};
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < sizes.num_classes; row += 3) rows.push_back(row);
  const auto count = static_cast<int64_t>(rows.size());
  const std::vector<int64_t> sparse{sizes.num_classes, sizes.dim}, dense{sizes.dim};
  node.inputs = {floats({4}, {0.1f, 0.1f, 0.01f, 1e-7f}), numbers.numbers({1}),
                 // Two parameters, each its value, two slots and gradient; that of the first is sparse.
                 numbers.numbers(sparse), numbers.numbers(sparse), numbers.counts(sparse), int64s({count}, rows),
                 numbers.numbers({count, sizes.dim}), numbers.numbers(dense), numbers.numbers(dense),
                 numbers.counts(dense), numbers.numbers(dense)};
  node.output_count = 6;
  return node;
}

OpNode uniform_sampler_node(const NodeSizes& sizes, uint64_t seed) {
  return sampler("UniformCandidateSampler", sizes, seed);
}

OpNode log_uniform_sampler_node(const NodeSizes& sizes, uint64_t seed) {
  return sampler("LogUniformCandidateSampler", sizes, seed);
}

OpNode learned_unigram_sampler_node(const NodeSizes& sizes, uint64_t seed) {
  return sampler("LearnedUnigramCandidateSampler", sizes, seed);
}

OpNode fixed_unigram_sampler_node(const NodeSizes& sizes, uint64_t seed) {
  OpNode node = sampler("FixedUnigramCandidateSampler", sizes, seed);
  node.inputs.push_back(NodeNumbers(seed + 4).counts({sizes.num_classes}));
  return node;
}

OpNode all_sampler_node(const NodeSizes& sizes, uint64_t seed) {
  OpNode node = sampler("AllCandidateSampler", sizes, seed);
  node.attributes.ints.erase("range_max");
  node.attributes.ints["num_sampled"] = sizes.num_classes;
  return node;
}

std::vector<OpNode> one_node_of_every_op(const NodeSizes& sizes, uint64_t seed) {
  std::vector<OpNode> nodes;
  for (const Build build :
       {nce_loss_node, nce_loss_of_sample_node, nce_loss_grad_node, full_sigmoid_loss_node,
        full_sigmoid_loss_shard_node, combine_full_sigmoid_loss_node, top_k_classes_node, accidental_hits_node,
        deduplicate_node, apply_gradients_node, uniform_sampler_node, log_uniform_sampler_node,
        learned_unigram_sampler_node, fixed_unigram_sampler_node, all_sampler_node}) {
    nodes.push_back(build(sizes, seed));
  }
  return nodes;
}

}  // namespace ortnce::test
