// Optimizer steps at the level in use against the formulas written out element by element: no product is
// fused into a sum at any level, so every bit is known. Row sizes around the widths of vectors and of
// tasks; sparse, dense and empty gradients.
#include "kernels/optimizer_step.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "support/executors.h"

namespace ortnce::test {
namespace {

using kernels::OptimizerRule;

constexpr OptimizerRule kRules[] = {OptimizerRule::kSgd, OptimizerRule::kMomentum, OptimizerRule::kNesterov,
                                    OptimizerRule::kAdagrad, OptimizerRule::kAdam};
constexpr float kCoefficients[] = {0.05f, 0.1f, 0.001f, 1e-7f};

/// A parameter with its slots and a gradient of some of its rows; all of them if `stride` is 1.
struct Parameter {
  int64_t rows, row_size;
  std::vector<float> value, slots[kernels::kMostSlots], gradient;
  std::vector<int64_t> row_ids;

  Parameter(int64_t row_count, int64_t size, int64_t stride, uint64_t seed) : rows(row_count), row_size(size) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<float> numbers(-1, 1);
    const auto fill = [&](std::vector<float>* to, int64_t count) {
      to->resize(static_cast<size_t>(count));
      for (float& x : *to) x = numbers(random);
    };
    for (int64_t row = 0; row < rows; row += stride) row_ids.push_back(row);
    fill(&value, rows * row_size);
    fill(&gradient, static_cast<int64_t>(row_ids.size()) * row_size);
    for (std::vector<float>& slot : slots) {
      fill(&slot, rows * row_size);
      for (float& x : slot) x = std::fabs(x);  // Adagrad and Adam take roots
    }
  }

  kernels::ParameterUpdate update(bool dense) {
    kernels::ParameterUpdate update;
    update.value = value.data();
    for (int64_t s = 0; s < kernels::kMostSlots; ++s) update.slots[s] = slots[s].data();
    update.gradient = gradient.data();
    update.row_ids = dense ? nullptr : row_ids.data();
    update.count = static_cast<int64_t>(row_ids.size());
    update.row_size = row_size;
    return update;
  }
};

void expected_element(OptimizerRule rule, float gradient, float* w, float* a, float* b) {
  const float g = gradient, rate = kCoefficients[0], second = kCoefficients[1];
  switch (rule) {
    case OptimizerRule::kSgd: *w -= g * rate; break;
    case OptimizerRule::kMomentum:
      *a = *a * second - g * rate;
      *w += *a;
      break;
    case OptimizerRule::kNesterov:
      *a = *a * second - g * rate;
      *w += *a * second - g * rate;
      break;
    case OptimizerRule::kAdagrad:
      *a += g * g;
      *w -= rate * g / std::sqrt(*a + second);
      break;
    case OptimizerRule::kAdam:
      *a += (g - *a) * second;
      *b += (g * g - *b) * kCoefficients[2];
      *w -= *a * rate / (std::sqrt(*b) + kCoefficients[3]);
      break;
  }
}

void expected_update(OptimizerRule rule, Parameter* p) {
  for (size_t k = 0; k < p->row_ids.size(); ++k) {
    for (int64_t c = 0; c < p->row_size; ++c) {
      const auto at = static_cast<size_t>(p->row_ids[k] * p->row_size + c);
      expected_element(rule, p->gradient[k * static_cast<size_t>(p->row_size) + static_cast<size_t>(c)],
                       &p->value[at], &p->slots[0][at], &p->slots[1][at]);
    }
  }
}

void expect_same(const Parameter& found, const Parameter& expected) {
  EXPECT_EQ(found.value, expected.value);
  for (int64_t s = 0; s < kernels::kMostSlots; ++s) EXPECT_EQ(found.slots[s], expected.slots[s]);
}

void step(OptimizerRule rule, const std::vector<kernels::ParameterUpdate>& updates, kernels::Executor& executor) {
  kernels::apply_gradients(rule, kCoefficients, updates, executor);
}

TEST(OptimizerStep, EveryElementIsThatOfTheFormula) {
  kernels::SerialExecutor serial;
  for (const OptimizerRule rule : kRules) {
    for (const int64_t row_size : {1, 3, 7, 8, 15, 16, 17, 33, 64, 300}) {
      for (const int64_t stride : {1, 3}) {
        SCOPED_TRACE(testing::Message() << "rule " << static_cast<int>(rule) << " row " << row_size);
        Parameter found(20, row_size, stride, 7), expected = found;
        step(rule, {found.update(false)}, serial);
        expected_update(rule, &expected);
        expect_same(found, expected);
        if (stride == 1) {
          Parameter dense(20, row_size, stride, 7);
          step(rule, {dense.update(true)}, serial);
          expect_same(dense, expected);
        }
      }
    }
  }
}

/// Long rows are cut by tasks in the middle; parameters follow each other in one list of tasks.
TEST(OptimizerStep, TasksMeetEveryElementOnce) {
  for (const OptimizerRule rule : kRules) {
    Parameter wide(3, 100'000, 2, 1), narrow(9000, 5, 4, 2), scalar(70'000, 1, 3, 3), none(0, 4, 1, 4);
    std::vector<Parameter> expected = {wide, narrow, scalar};
    for (Parameter& p : expected) expected_update(rule, &p);
    ThreadExecutor threads(3);
    // As ApplyGradients has a gradient of no rows; also in the middle of a task of others.
    kernels::ParameterUpdate empty = none.update(false);
    const int64_t no_ids[] = {0};
    empty.row_ids = no_ids;
    empty.row_size = 0;
    step(rule, {empty, wide.update(false), empty, narrow.update(false), empty, scalar.update(false), empty}, threads);
    EXPECT_GT(threads.most_tasks(), 1);
    expect_same(wide, expected[0]);
    expect_same(narrow, expected[1]);
    expect_same(scalar, expected[2]);
  }
}

TEST(OptimizerStep, SmallStepsStayOnTheirThread) {
  ThreadExecutor threads(2);
  Parameter small(100, 64, 2, 5);
  step(OptimizerRule::kAdam, {small.update(false)}, threads);
  EXPECT_LE(threads.most_tasks(), 1);
}

}  // namespace
}  // namespace ortnce::test
