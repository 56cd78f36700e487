// Many good and failing runs: every block of operator new is given back, and the process does not grow.
// ORTNCE_LEAK_RUNS sets how many of each, 4000 by default.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "faults/fault.h"
#include "support/op_node.h"

namespace ortnce::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kKeepsWhatWasFreed = true;
#else
constexpr bool kKeepsWhatWasFreed = false;
#endif

int64_t runs() {
  const char* const text = std::getenv("ORTNCE_LEAK_RUNS");
  return text == nullptr ? 4000 : std::atoll(text);
}

int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  int64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

/// The node with its last id out of range, or where it has none a dimension that does not match.
OpNode failing(OpNode node) {
  for (OpTensor& input : node.inputs) {
    if (input.type != ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64) continue;
    const int64_t bad = INT64_MIN;
    std::memcpy(input.bytes.data() + input.bytes.size() - sizeof(bad), &bad, sizeof(bad));
    return node;
  }
  node.inputs[0].dims[1] += 1;
  node.inputs[0].bytes.resize(static_cast<size_t>(node.inputs[0].dims[0] * node.inputs[0].dims[1]) * sizeof(float));
  return node;
}

void expect_no_growth(bool fail, int64_t most_bytes) {
  for (const OpNode& good : one_node_of_every_op({3, 2, 8, 5, 20, 2}, 3)) {
    const OpNode node = fail ? failing(good) : good;
    const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes, {}, node.outputs());
    ASSERT_EQ(kernel.error(), "");
    const auto run = [&] { return kernel.run(node.inputs).error.empty(); };
    for (int i = 0; i < 10; ++i) ASSERT_EQ(run(), !fail) << node.op;
    const int64_t blocks = living_blocks(), bytes = resident_bytes();
    for (int64_t i = runs(); i > 0; --i) run();
    EXPECT_EQ(living_blocks(), blocks) << node.op;
    if (kKeepsWhatWasFreed) continue;
    EXPECT_LE(resident_bytes() - bytes, most_bytes) << node.op;
  }
}

TEST(Leaks, GoodRuns) { expect_no_growth(false, 4 << 20); }
TEST(Leaks, FailingRuns) { expect_no_growth(true, 8 << 20); }

TEST(Leaks, Creation) {
  for (const OpNode& node : one_node_of_every_op({3, 2, 8, 5, 20, 2}, 3)) {
    const auto create = [&] { OpKernel(node.op, declare(node.inputs, Declared::kConstants), node.attributes, {}, node.outputs()); };
    create();
    const int64_t blocks = living_blocks();
    for (int64_t i = runs() / 10; i > 0; --i) create();
    EXPECT_EQ(living_blocks(), blocks) << node.op;
  }
}

}  // namespace
}  // namespace ortnce::test
