// A node with its inputs: what a test changes one thing of, or what a fuzzer makes of bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/op_runtime.h"

namespace ortnce::test {

struct OpNode {
  const char* op;
  OpAttributes attributes;
  std::vector<OpTensor> inputs;
  size_t output_count = 0;  // of the node; 0: as many as the op

  /// All outputs, as OpKernel takes them.
  std::vector<bool> outputs() const { return std::vector<bool>(output_count, true); }

  /// An attribute, or `otherwise` where the node has none of that name.
  int64_t integer(const char* name, int64_t otherwise) const;
  bool has_integer(const char* name) const { return attributes.ints.count(name) != 0; }
  std::string text(const char* name, const char* otherwise) const;

  /// Input `index`; one without a type past the last.
  const OpTensor& input(size_t index) const;
  bool has_input(size_t index) const { return input(index).type != ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED; }
};

/// What a graph may say of inputs: their types alone, their shapes too, or all values as well.
enum class Declared { kTypes, kShapes, kConstants };

std::vector<OpTensor> declare(const std::vector<OpTensor>& inputs, Declared how);

/// A tensor of floats rounded to float16 or bfloat16; others and absent ones as they are.
OpTensor rounded(const OpTensor& tensor, ONNXTensorElementDataType type);

/// The sizes of a problem.
struct NodeSizes {
  int64_t batch = 3;
  int64_t num_true = 2;
  int64_t num_sampled = 4;
  int64_t dim = 5;
  int64_t num_classes = 20;
  int64_t partitions = 1;
};

/// Numbers of unit scale and ids that repeat now and then, from a seed.
class NodeNumbers {
 public:
  explicit NodeNumbers(uint64_t seed) : state_(seed * 2 + 1) {}

  /// In [0, limit).
  int64_t id(int64_t limit);
  /// Uniform in (-1, 1).
  float number();

  OpTensor ids(const std::vector<int64_t>& dims, int64_t limit);
  OpTensor numbers(const std::vector<int64_t>& dims);
  /// In (0, 1].
  OpTensor counts(const std::vector<int64_t>& dims);

 private:
  uint64_t state_;
};

/// Nodes that every check accepts, in the order of inputs that their ops document.
OpNode nce_loss_node(const NodeSizes& sizes, uint64_t seed);          // draws its own sample
OpNode nce_loss_of_sample_node(const NodeSizes& sizes, uint64_t seed);  // is given one
OpNode nce_loss_grad_node(const NodeSizes& sizes, uint64_t seed);
OpNode full_sigmoid_loss_node(const NodeSizes& sizes, uint64_t seed);
OpNode full_sigmoid_loss_shard_node(const NodeSizes& sizes, uint64_t seed);
OpNode combine_full_sigmoid_loss_node(const NodeSizes& sizes, uint64_t seed);
OpNode top_k_classes_node(const NodeSizes& sizes, uint64_t seed);
OpNode accidental_hits_node(const NodeSizes& sizes, uint64_t seed);
OpNode deduplicate_node(const NodeSizes& sizes, uint64_t seed);
OpNode apply_gradients_node(const NodeSizes& sizes, uint64_t seed);
OpNode uniform_sampler_node(const NodeSizes& sizes, uint64_t seed);
OpNode log_uniform_sampler_node(const NodeSizes& sizes, uint64_t seed);
OpNode learned_unigram_sampler_node(const NodeSizes& sizes, uint64_t seed);
OpNode fixed_unigram_sampler_node(const NodeSizes& sizes, uint64_t seed);
OpNode all_sampler_node(const NodeSizes& sizes, uint64_t seed);

/// One good node of every op that has inputs, NceLoss twice.
std::vector<OpNode> one_node_of_every_op(const NodeSizes& sizes, uint64_t seed);

}  // namespace ortnce::test
