// What must not change a bit of nce_backward at the level in use: how many threads run the tasks and
// in which order, and other runs beside it. Problems with several tasks of every kind and several
// chunks; the executors confirm that there were tasks to spread.
#include <gtest/gtest.h>

#include "support/executors.h"
#include "support/nce_gradient_case.h"

namespace ortnce::test {
namespace {

TEST(NceBackwardOrder, ThreadsDoNotChangeABit) {
  const NceSizes shapes[] = {
      {1, 1, 3000, 130}, {7, 3, 1000, 100}, {200, 2, 100, 64}, {1500, 2, 1100, 3}, {513, 20, 1, 40}};
  for (const NceSizes& sizes : shapes) {
    SCOPED_TRACE(testing::Message() << "B " << sizes.batch << ", S " << sizes.num_sampled << ", D " << sizes.dim);
    NceCase nce(sizes, 21);
    nce.mask_hits = true;
    const kernels::NceProblem problem = nce.problem();
    const std::vector<float> loss_grad = any_loss_grad(problem, 22);
    const GradientArrays<float> serial = backward(problem, loss_grad);
    for (const int count : {1, 2, 16}) {
      ThreadExecutor threads(count);
      expect_same_bits(backward(problem, loss_grad, threads), serial);
      EXPECT_GT(threads.most_tasks(), 1);
    }
    for (uint64_t seed = 0; seed < 4; ++seed) {
      ShufflingExecutor shuffling(seed);
      expect_same_bits(backward(problem, loss_grad, shuffling), serial);
    }
  }
}

TEST(NceBackwardOrder, RunsDoNotDisturbEachOther) {
  NceCase nce({40, 2, 500, 60}, 23);
  nce.mask_hits = true;
  const kernels::NceProblem problem = nce.problem();
  const std::vector<float> loss_grad = any_loss_grad(problem, 24);
  const GradientArrays<float> alone = backward(problem, loss_grad);
  std::vector<GradientArrays<float>> results(4);
  std::vector<std::thread> threads;
  for (GradientArrays<float>& result : results) {
    threads.emplace_back([&] { result = backward(problem, loss_grad); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const GradientArrays<float>& result : results) expect_same_bits(result, alone);
}

}  // namespace
}  // namespace ortnce::test
