// What must not change the losses of nce_forward at the level in use: who runs the tasks and when,
// the place of an example in its batch, the order of the candidates and how they are split.
//
// Threads and task order: the same bits, over problems with several panels, blocks and slices
// (the executors confirm that there were tasks to spread). Place of an example: the same bits.
// Candidates regrouped: each term keeps its bits, but terms are added in pairs in float first, which
// costs half an ulp of their sum in each order: 2^-23 of the loss.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/executors.h"
#include "support/nce_case.h"

namespace ortnce::test {
namespace {

constexpr double kRegrouped = 0x1p-23;

TEST(NceForwardOrder, ThreadsDoNotChangeABit) {
  const NceSizes shapes[] = {
      {1, 1, 3000, 400}, {7, 3, 1000, 200}, {200, 2, 100, 64}, {513, 1, 1, 2100}, {100, 20, 300, 33}, {2000, 5, 0, 120}};
  for (const NceSizes& sizes : shapes) {
    SCOPED_TRACE(testing::Message() << "B " << sizes.batch << ", S " << sizes.num_sampled << ", D " << sizes.dim);
    NceCase nce(sizes, 21);
    nce.mask_hits = true;
    const kernels::NceProblem problem = nce.problem();
    const std::vector<double> serial = forward(problem);
    for (const int count : {2, 3, 16}) {
      ThreadExecutor threads(count);
      expect_same_bits(forward(problem, threads), serial);
      EXPECT_GT(threads.most_tasks(), 1);
    }
    for (uint64_t seed = 0; seed < 4; ++seed) {
      ShufflingExecutor shuffling(seed);
      expect_same_bits(forward(problem, shuffling), serial);
    }
  }
}

TEST(NceForwardOrder, RunsDoNotDisturbEachOther) {
  NceCase nce({40, 2, 500, 100}, 22);
  nce.mask_hits = true;
  const kernels::NceProblem problem = nce.problem();
  const std::vector<double> alone = forward(problem);
  std::vector<std::vector<double>> results(4);
  std::vector<std::thread> threads;
  for (std::vector<double>& result : results) {
    threads.emplace_back([&] { result = forward(problem); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<double>& result : results) expect_same_bits(result, alone);
}

TEST(NceForwardOrder, PlaceInTheBatchDoesNotChangeABit) {
  for (const int64_t batch : {2, 7, 30, 53, 101}) {
    NceCase nce({batch, 2, 70, 37}, 23);
    nce.mask_hits = true;
    const std::vector<double> losses = forward(nce);
    std::vector<int64_t> order(static_cast<size_t>(batch));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::mt19937_64(24));
    NceCase moved = nce;
    std::vector<double> expected;
    for (int64_t i = 0; i < batch; ++i) {
      const int64_t from = order[static_cast<size_t>(i)];
      std::copy_n(nce.input(from), nce.sizes.dim, moved.input(i));
      std::copy_n(&nce.label(from, 0), 2, &moved.label(i, 0));
      std::copy_n(&nce.true_offsets[static_cast<size_t>(2 * from)], 2, &moved.true_offsets[static_cast<size_t>(2 * i)]);
      expected.push_back(losses[static_cast<size_t>(from)]);
    }
    expect_same_bits(forward(moved), expected);
  }
}

TEST(NceForwardOrder, OrderOfCandidates) {
  for (const int64_t sampled : {2, 9, 33, 130, 513}) {
    NceCase nce({21, 2, sampled, 29}, 25);
    nce.mask_hits = true;
    const std::vector<double> losses = forward(nce);
    std::vector<size_t> order(nce.sampled.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::mt19937_64(26));
    NceCase permuted = nce;
    for (size_t k = 0; k < order.size(); ++k) {
      permuted.sampled[k] = nce.sampled[order[k]];
      permuted.sampled_offsets[k] = nce.sampled_offsets[order[k]];
    }
    std::vector<double> bounds;
    for (const double loss : losses) bounds.push_back(kRegrouped * loss);
    expect_within(forward(permuted), losses, bounds);
  }
}

TEST(NceForwardOrder, SplitOfCandidates) {
  NceCase whole({21, 3, 100, 29}, 27);
  whole.mask_hits = true;
  const std::vector<double> losses = forward(whole);
  const auto part = [&](size_t begin, size_t end) {
    NceCase piece = whole;
    const auto first = static_cast<std::ptrdiff_t>(begin), last = static_cast<std::ptrdiff_t>(end);
    piece.sampled.assign(whole.sampled.begin() + first, whole.sampled.begin() + last);
    piece.sampled_offsets.assign(whole.sampled_offsets.begin() + first, whole.sampled_offsets.begin() + last);
    piece.sizes.num_sampled = last - first;
    return forward(piece);
  };
  const std::vector<double> true_part = part(0, 0);
  for (const size_t cut : {1u, 15u, 16u, 17u, 32u, 64u, 99u}) {
    const std::vector<double> head = part(0, cut), tail = part(cut, 100);
    std::vector<double> sums, bounds;
    for (size_t i = 0; i < losses.size(); ++i) {
      sums.push_back(head[i] + tail[i] - true_part[i]);
      bounds.push_back(kRegrouped * losses[i]);
    }
    expect_within(sums, losses, bounds);
  }
}

TEST(NceForwardOrder, SplitOfTheBatch) {
  NceCase whole({60, 2, 700, 29}, 28);
  const std::vector<double> losses = forward(whole);
  NceCase tail = whole;
  tail.sizes.batch = 23;
  std::copy_n(whole.input(37), 23 * 29, tail.inputs.data());
  tail.labels.assign(whole.labels.begin() + 37 * 2, whole.labels.end());
  tail.true_offsets.assign(whole.true_offsets.begin() + 37 * 2, whole.true_offsets.end());
  // Fewer examples make more slices of candidates: the sums are grouped otherwise, but in double.
  std::vector<double> bounds;
  for (size_t i = 37; i < 60; ++i) bounds.push_back(700 * 0x1p-52 * losses[i]);
  expect_within(forward(tail), std::vector<double>(losses.begin() + 37, losses.end()), bounds);
}

}  // namespace
}  // namespace ortnce::test
