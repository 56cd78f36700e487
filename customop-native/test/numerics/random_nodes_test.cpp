// Random nodes of all options and types against the oracle at every level: the worst-case bounds of losses and
// gradients are a gate, not an estimate. Exact where numbers are small integers; the same bits for any number
// of threads.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "byte_source.h"
#include "mutation.h"
#include "oracle/oracle.h"
#include "support/levels.h"
#include "support/op_node.h"

namespace ortnce::test {
namespace {

using platform::InstructionSet;
using Build = OpNode (*)(const NodeSizes&, uint64_t);

OpResult run(const OpNode& node, int threads = 1) {
  const OpKernel kernel(node.op, declare(node.inputs, Declared::kShapes), node.attributes, {}, node.outputs());
  EXPECT_EQ(kernel.error(), "");
  if (!kernel.error().empty()) return {};
  OpResult result = kernel.run(node.inputs, threads);
  EXPECT_EQ(result.error, "");
  return result;
}

/// From 0 or 1 up to `most`, small ones as likely as large ones.
int64_t any_size(std::mt19937_64& random, int64_t least, int64_t most) {
  const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
  return least + static_cast<int64_t>(std::pow(static_cast<double>(most - least + 1), unit)) - 1;
}

void expect_within_bounds(Build build, const NodeSizes& most, int nodes) {
  std::mt19937_64 random(101);
  int accepted = 0;
  for (int i = 0; accepted < nodes; ++i) {
    NodeSizes sizes{any_size(random, 0, most.batch), any_size(random, 1, most.num_true),
                    any_size(random, 0, most.num_sampled), any_size(random, 0, most.dim),
                    any_size(random, 1, most.num_classes), any_size(random, 1, most.partitions)};
    const uint64_t seed = random();
    uint8_t bytes[8];
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    fuzz::ByteSource source(bytes, sizeof(bytes));
    OpNode node = build(sizes, seed);
    fuzz::choose_options(source, &node);
    const OpKernel kernel(node.op, declare(node.inputs, Declared::kShapes), node.attributes, {}, node.outputs());
    if (!kernel.error().empty()) {
      // No candidates, or more than there are classes; others take the place of such a node.
      ASSERT_EQ(kernel.error().rfind("NceLoss: num_sampled must be ", 0), 0u) << kernel.error();
      continue;
    }
    ++accepted;
    at_every_level([&](InstructionSet level) {
      SCOPED_TRACE(platform::name_of(level));
      try {
        const OpResult result = run(node);
        if (result.error.empty()) check_outputs(node, {}, result);
      } catch (const Mismatch& mismatch) {
        ADD_FAILURE() << node.op << " " << i << ": B " << sizes.batch << ", T " << sizes.num_true << ", S "
                      << sizes.num_sampled << ", D " << sizes.dim << ", V " << sizes.num_classes << ": "
                      << mismatch.what();
      }
    });
  }
}

TEST(RandomNodes, NceLoss) { expect_within_bounds(nce_loss_of_sample_node, {70, 5, 300, 400, 500, 5}, 120); }
TEST(RandomNodes, NceLossOfItsOwnSample) { expect_within_bounds(nce_loss_node, {40, 5, 100, 100, 900, 5}, 80); }
TEST(RandomNodes, NceLossGrad) { expect_within_bounds(nce_loss_grad_node, {40, 5, 120, 200, 300, 5}, 80); }
TEST(RandomNodes, FullSigmoidLoss) { expect_within_bounds(full_sigmoid_loss_node, {20, 5, 0, 60, 9000, 5}, 80); }
TEST(RandomNodes, FullSigmoidLossShard) {
  expect_within_bounds(full_sigmoid_loss_shard_node, {20, 5, 0, 60, 8000, 5}, 60);
}
TEST(RandomNodes, CombineFullSigmoidLoss) {
  expect_within_bounds(combine_full_sigmoid_loss_node, {50, 5, 0, 0, 90'000, 1}, 60);
}
TEST(RandomNodes, TopKClasses) { expect_within_bounds(top_k_classes_node, {20, 1, 100, 60, 5000, 5}, 60); }
TEST(RandomNodes, DeduplicateIndexedSlices) { expect_within_bounds(deduplicate_node, {300, 3, 0, 90, 200, 1}, 60); }
TEST(RandomNodes, ComputeAccidentalHits) { expect_within_bounds(accidental_hits_node, {60, 5, 200, 0, 90, 1}, 60); }
TEST(RandomNodes, ApplyGradients) { expect_within_bounds(apply_gradients_node, {1, 1, 1, 200, 300, 1}, 60); }

TEST(RandomNodes, LogitsOfSmallIntegersAreExact) {
  for (const int64_t dim : {1, 7, 64, 1000, 4096}) {
    OpNode node = full_sigmoid_loss_node({9, 2, 0, dim, 50, 1}, 3);
    NodeNumbers numbers(7);
    const auto integers = [&](OpTensor* tensor) {
      std::vector<float> values = tensor->numbers<float>();
      for (float& value : values) value = static_cast<float>(numbers.id(17) - 8);
      *tensor = floats(tensor->dims, values);
    };
    for (const size_t input : {size_t{0}, size_t{2}, size_t{3}}) integers(&node.inputs[input]);
    const std::vector<float> x = node.inputs[0].numbers<float>(), b = node.inputs[2].numbers<float>();
    const std::vector<float> w = node.inputs[3].numbers<float>();
    const std::vector<int64_t> labels = node.inputs[1].numbers<int64_t>();
    at_every_level([&](InstructionSet level) {
      SCOPED_TRACE(platform::name_of(level));
      const std::vector<float> logits = run(node).outputs[3].numbers<float>();
      for (size_t at = 0; at < labels.size(); ++at) {
        double exact = static_cast<double>(b[static_cast<size_t>(labels[at])]);
        for (size_t d = 0; d < static_cast<size_t>(dim); ++d) {
          exact += static_cast<double>(x[at / 2 * static_cast<size_t>(dim) + d]) *
                   static_cast<double>(w[static_cast<size_t>(labels[at] * dim) + d]);
        }
        ASSERT_EQ(static_cast<double>(logits[at]), exact) << "dim " << dim << ", label " << at;
      }
    });
  }
}

TEST(RandomNodes, OneToSixteenThreadsGiveTheSameBits) {
  const NodeSizes sizes{130, 2, 400, 50, 9000, 3};
  for (const Build build :
       {nce_loss_of_sample_node, nce_loss_grad_node, full_sigmoid_loss_node, full_sigmoid_loss_shard_node,
        combine_full_sigmoid_loss_node, top_k_classes_node, accidental_hits_node, deduplicate_node,
        apply_gradients_node}) {
    const OpNode node = build(sizes, 5);
    const OpResult serial = run(node);
    for (int threads = 2; threads <= 16; ++threads) {
      const OpResult parallel = run(node, threads);
      for (size_t i = 0; i < serial.outputs.size(); ++i) {
        EXPECT_EQ(parallel.outputs[i].bytes, serial.outputs[i].bytes) << node.op << ", " << threads << " threads";
      }
    }
  }
}

}  // namespace
}  // namespace ortnce::test
