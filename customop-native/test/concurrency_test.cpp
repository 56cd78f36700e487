// 64 threads on one kernel object of every op: the bits of serial runs. Ops that draw take each run of the stream
// once, whichever thread it falls to.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "support/op_node.h"

namespace ortnce::test {
namespace {

constexpr int kThreads = 64;
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int kRuns = 5;
#else
constexpr int kRuns = 50;
#endif

using Bytes = std::vector<unsigned char>;

/// All outputs of a run, one behind the other.
Bytes bytes_of(const OpResult& result) {
  EXPECT_EQ(result.error, "");
  Bytes bytes;
  for (const OpTensor& output : result.outputs) bytes.insert(bytes.end(), output.bytes.begin(), output.bytes.end());
  return bytes;
}

std::vector<Bytes> serial_runs(const OpNode& node, int count) {
  const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes, {}, node.outputs());
  std::vector<Bytes> results;
  for (int run = 0; run < count; ++run) results.push_back(bytes_of(kernel.run(node.inputs)));
  return results;
}

std::vector<Bytes> concurrent_runs(const OpNode& node, int threads_of_a_run) {
  const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes, {}, node.outputs());
  std::vector<Bytes> results(static_cast<size_t>(kThreads * kRuns));
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int run = 0; run < kRuns; ++run) {
        results[static_cast<size_t>(t * kRuns + run)] = bytes_of(kernel.run(node.inputs, threads_of_a_run));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return results;
}

bool learns(const OpNode& node) { return std::string(node.op) == "LearnedUnigramCandidateSampler"; }

TEST(Concurrency, RunsOfOneKernel) {
  for (const OpNode& node : one_node_of_every_op({5, 2, 20, 9, 40, 2}, 3)) {
    if (learns(node)) continue;  // its order of runs decides: what is learned is a test of the bad inputs
    std::vector<Bytes> expected = serial_runs(node, kThreads * kRuns), found = concurrent_runs(node, 1);
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, expected) << node.op;
  }
}

TEST(Concurrency, RunsThatShareThreads) {
  for (const auto build : {nce_loss_of_sample_node, nce_loss_grad_node, full_sigmoid_loss_node, top_k_classes_node}) {
    const OpNode node = build({40, 2, 200, 40, 3000, 2}, 3);
    const Bytes expected = serial_runs(node, 1)[0];
    const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes, {}, node.outputs());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int run = 0; run < 3; ++run) EXPECT_EQ(bytes_of(kernel.run(node.inputs, 4)), expected) << node.op;
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace ortnce::test
