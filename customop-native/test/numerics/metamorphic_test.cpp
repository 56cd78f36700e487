// What a change of the inputs must do to the outputs, whatever they are: relations that need no oracle.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "support/levels.h"
#include "support/op_node.h"

namespace ortnce::test {
namespace {

using Build = OpNode (*)(const NodeSizes&, uint64_t);

/// Of sums that are added up in another order: some N 2^-24 for N terms.
constexpr double kTolerance = 1e-5;

// Inputs of NceLoss; those of NceLossGrad lie one further, and a step less before the weights.
constexpr size_t kX = 0, kLabels = 1, kBiases = 2, kCandidates = 3, kTrueCount = 4, kSampledCount = 5, kWeights = 7;

constexpr NodeSizes kSizes{37, 3, 150, 43, 400, 1};

OpResult run(const OpNode& node) {
  const OpKernel kernel(node.op, declare(node.inputs, Declared::kShapes), node.attributes, {}, node.outputs());
  EXPECT_EQ(kernel.error(), "");
  OpResult result = kernel.run(node.inputs);
  EXPECT_EQ(result.error, "");
  return result;
}

std::vector<float> first_output(const OpNode& node) { return run(node).outputs.at(0).numbers<float>(); }

void expect_near(const std::vector<float>& found, const std::vector<float>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  ASSERT_FALSE(expected.empty());
  for (size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], expected[i], kTolerance * (1 + std::fabs(static_cast<double>(expected[i])))) << i;
  }
}

/// Rows `order[0]`, `order[1]`, ... of a tensor.
OpTensor rows_of(const OpTensor& tensor, const std::vector<size_t>& order) {
  const size_t row = tensor.bytes.size() / static_cast<size_t>(tensor.dims[0]);
  OpTensor result = tensor;
  result.dims[0] = static_cast<int64_t>(order.size());
  result.bytes.clear();
  for (const size_t at : order) {
    const auto begin = tensor.bytes.begin() + static_cast<std::ptrdiff_t>(at * row);
    result.bytes.insert(result.bytes.end(), begin, begin + static_cast<std::ptrdiff_t>(row));
  }
  return result;
}

std::vector<size_t> range(size_t begin, size_t end) {
  std::vector<size_t> numbers(end - begin);
  std::iota(numbers.begin(), numbers.end(), begin);
  return numbers;
}

std::vector<size_t> shuffled(size_t count) {
  std::vector<size_t> order = range(0, count);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(11));
  return order;
}

OpNode with_rows(OpNode node, const std::vector<size_t>& inputs, const std::vector<size_t>& order) {
  for (const size_t input : inputs) node.inputs[input] = rows_of(node.inputs[input], order);
  return node;
}

/// The loss of some of the candidates.
std::vector<float> loss_of_candidates(const OpNode& node, const std::vector<size_t>& order) {
  OpNode part = with_rows(node, {kCandidates, kSampledCount}, order);
  part.attributes.ints["num_sampled"] = static_cast<int64_t>(order.size());
  return first_output(part);
}

OpTensor times(const OpTensor& tensor, float factor) {
  std::vector<float> numbers = tensor.numbers<float>();
  for (float& number : numbers) number *= factor;
  return floats(tensor.dims, numbers);
}

void at_levels(void (*body)()) {
  at_every_level([&](platform::InstructionSet level) {
    SCOPED_TRACE(platform::name_of(level));
    body();
  });
}

TEST(Metamorphic, CandidatesInAnyOrder) {
  at_levels([] {
    const OpNode loss = nce_loss_of_sample_node(kSizes, 3);
    const std::vector<size_t> order = shuffled(kSizes.num_sampled);
    expect_near(loss_of_candidates(loss, order), first_output(loss));

    const OpNode grad = nce_loss_grad_node(kSizes, 3);
    const OpResult before = run(grad), after = run(with_rows(grad, {kCandidates + 1, kSampledCount + 1}, order));
    for (size_t i = 0; i < before.outputs.size(); ++i) {
      const OpTensor &expected = before.outputs[i], &found = after.outputs[i];
      ASSERT_EQ(found.dims, expected.dims) << "output " << i;
      if (expected.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) {
        expect_near(found.numbers<float>(), expected.numbers<float>());
      } else {
        ASSERT_EQ(found.bytes, expected.bytes) << "output " << i;  // ids, ascending
      }
    }
  });
}

TEST(Metamorphic, CandidatesInTwoParts) {
  at_levels([] {
    const OpNode node = nce_loss_of_sample_node(kSizes, 5);
    constexpr size_t kAll = kSizes.num_sampled;
    const std::vector<float> whole = first_output(node), none = loss_of_candidates(node, {});
    for (const size_t middle : {size_t{1}, size_t{64}, size_t{149}}) {
      std::vector<float> sum = loss_of_candidates(node, range(0, middle));
      const std::vector<float> rest = loss_of_candidates(node, range(middle, kAll));
      // The labels are in both.
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += rest[i] - none[i];
      expect_near(sum, whole);
    }
  });
}

TEST(Metamorphic, ExamplesInAnyOrder) {
  at_levels([] {
    for (const Build build : {nce_loss_of_sample_node, full_sigmoid_loss_node}) {
      const OpNode node = build(kSizes, 7);
      const std::vector<size_t> order = shuffled(kSizes.batch);
      std::vector<size_t> inputs{kX, kLabels};
      if (build == nce_loss_of_sample_node) inputs.push_back(kTrueCount);
      const OpTensor whole = run(node).outputs.at(0);
      expect_near(first_output(with_rows(node, inputs, order)), rows_of(whole, order).numbers<float>());
    }
  });
}

TEST(Metamorphic, WeightsInParts) {
  at_levels([] {
    const std::pair<Build, size_t> builds[] = {{nce_loss_of_sample_node, kWeights}, {nce_loss_grad_node, kWeights},
                                               {full_sigmoid_loss_node, 3}, {full_sigmoid_loss_shard_node, 4},
                                               {top_k_classes_node, 2}};
    for (const auto& [build, weights] : builds) {
      const OpNode whole = build(kSizes, 9);
      const OpTensor table = whole.inputs[weights];
      const OpResult expected = run(whole);
      for (const char* const strategy : {"div", "mod"}) {
        for (const size_t parts : {size_t{2}, size_t{7}}) {
          OpNode node = whole;
          node.attributes.strings["partition_strategy"] = strategy;
          node.inputs.pop_back();
          const size_t classes = kSizes.num_classes, rest = classes % parts;
          for (size_t p = 0, begin = 0; p < parts; ++p) {
            const size_t rows = classes / parts + (p < rest ? 1 : 0);
            std::vector<size_t> order = range(begin, begin + rows);
            if (strategy[0] == 'm') {
              for (size_t row = 0; row < rows; ++row) order[row] = p + row * parts;
            }
            node.inputs.push_back(rows_of(table, order));
            begin += rows;
          }
          const OpResult found = run(node);
          for (size_t i = 0; i < expected.outputs.size(); ++i) {
            EXPECT_EQ(found.outputs[i].bytes, expected.outputs[i].bytes)
                << node.op << ", output " << i << ", " << parts << " parts by " << strategy;
          }
        }
      }
    }
  });
}

TEST(Metamorphic, APowerOfTwoMovesFromTheInputsToTheWeights) {
  at_levels([] {
    for (const auto& [build, weights] : {std::pair<Build, size_t>{nce_loss_of_sample_node, kWeights},
                                         std::pair<Build, size_t>{full_sigmoid_loss_node, 3}}) {
      const OpNode node = build(kSizes, 13);
      OpNode scaled = node;
      scaled.inputs[kX] = times(node.inputs[kX], 0x1p20f);
      scaled.inputs[weights] = times(node.inputs[weights], 0x1p-20f);
      EXPECT_EQ(first_output(scaled), first_output(node)) << node.op;
    }
  });
}

TEST(Metamorphic, CountsOfOneAreNoCorrection) {
  at_levels([] {
    OpNode node = nce_loss_of_sample_node(kSizes, 17);
    for (const size_t input : {kTrueCount, kSampledCount}) {
      std::vector<float> counts = node.inputs[input].numbers<float>();
      std::fill(counts.begin(), counts.end(), 1.0f);
      node.inputs[input] = floats(node.inputs[input].dims, counts);
    }
    const std::vector<float> corrected = first_output(node);
    node.attributes.ints["subtract_log_q"] = 0;
    EXPECT_EQ(first_output(node), corrected);
  });
}

TEST(Metamorphic, ABiasIsAnInputOfOne) {
  at_levels([] {
    const OpNode node = full_sigmoid_loss_node(kSizes, 19);
    OpNode longer = node;
    const auto widened = [](const OpTensor& tensor, const std::vector<float>& last) {
      const std::vector<float> old = tensor.numbers<float>();
      const auto dim = static_cast<size_t>(tensor.dims[1]);
      std::vector<float> values;
      for (size_t row = 0; row < last.size(); ++row) {
        const auto begin = old.begin() + static_cast<std::ptrdiff_t>(row * dim);
        values.insert(values.end(), begin, begin + static_cast<std::ptrdiff_t>(dim));
        values.push_back(last[row]);
      }
      return floats({tensor.dims[0], tensor.dims[1] + 1}, values);
    };
    longer.inputs[kX] = widened(node.inputs[kX], std::vector<float>(static_cast<size_t>(kSizes.batch), 1.0f));
    longer.inputs[3] = widened(node.inputs[3], node.inputs[kBiases].numbers<float>());
    longer.inputs[kBiases] = OpTensor{};
    expect_near(first_output(longer), first_output(node));
  });
}

}  // namespace
}  // namespace ortnce::test
