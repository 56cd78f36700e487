#include "kernels/optimizer_step.h"

#include <algorithm>

#include "kernels/cpu/dispatch.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {
namespace {

/// At most this many tasks, and in each at least as many floats as are worth a hand-off.
constexpr int64_t kTasks = 16, kTaskFloats = 1 << 14;

/// Rows lie far apart: the next are fetched while one is computed.
constexpr int64_t kRowsAhead = 8;
constexpr int64_t kLineFloats = 16, kMostLines = 16;

cpu::OptimizerUpdate update_of(OptimizerRule rule) {
  const cpu::OptimizerKernels& kernels = cpu::active_optimizer_kernels();
  switch (rule) {
    case OptimizerRule::kSgd: return kernels.sgd;
    case OptimizerRule::kMomentum: return kernels.momentum;
    case OptimizerRule::kNesterov: return kernels.nesterov;
    case OptimizerRule::kAdagrad: return kernels.adagrad;
    case OptimizerRule::kAdam: return kernels.adam;
  }
  return nullptr;
}

void prefetch_row(const float* row, int64_t row_size) {
  const int64_t floats = std::min(row_size, kMostLines * kLineFloats);
  for (int64_t i = 0; i < floats; i += kLineFloats) __builtin_prefetch(row + i, 1);
}

/// Elements [first, last) of a parameter's gradient.
class Span {
 public:
  Span(cpu::OptimizerUpdate update, const float* coefficients, const ParameterUpdate& parameter)
      : update_(update), coefficients_(coefficients), p_(parameter) {}

  void apply(int64_t first, int64_t last) const {
    if (p_.row_ids == nullptr) return apply_at(first, first, last - first);
    const int64_t size = p_.row_size;
    for (int64_t k = first / size; k * size < last; ++k) {
      if (k + kRowsAhead < p_.count) prefetch(p_.row_ids[k + kRowsAhead] * size);
      const int64_t begin = std::max(k * size, first), end = std::min((k + 1) * size, last);
      apply_at(p_.row_ids[k] * size + (begin - k * size), begin, end - begin);
    }
  }

 private:
  /// `count` elements of the parameter from `at` on, whose gradients begin at `source`.
  void apply_at(int64_t at, int64_t source, int64_t count) const {
    float* slots[kMostSlots] = {};
    for (int64_t s = 0; s < kMostSlots; ++s) slots[s] = p_.slots[s] == nullptr ? nullptr : p_.slots[s] + at;
    update_(coefficients_, p_.gradient + source, count, p_.value + at, slots);
  }

  void prefetch(int64_t at) const {
    prefetch_row(p_.value + at, p_.row_size);
    for (const float* slot : p_.slots) {
      if (slot != nullptr) prefetch_row(slot + at, p_.row_size);
    }
  }

  cpu::OptimizerUpdate update_;
  const float* coefficients_;
  const ParameterUpdate& p_;
};

}  // namespace

int64_t slot_count(OptimizerRule rule) {
  return rule == OptimizerRule::kSgd ? 0 : rule == OptimizerRule::kAdam ? 2 : 1;
}

int64_t coefficient_count(OptimizerRule rule) {
  return rule == OptimizerRule::kSgd ? 1 : rule == OptimizerRule::kAdam ? 4 : 2;
}

void apply_gradients(OptimizerRule rule, const float* coefficients, const std::vector<ParameterUpdate>& updates,
                     Executor& executor) {
  int64_t total = 0;
  for (const ParameterUpdate& one : updates) total += one.count * one.row_size;
  const int64_t task_floats = std::max(ceil_div(total, kTasks), kTaskFloats);
  SerialExecutor serial;
  const cpu::OptimizerUpdate update = update_of(rule);
  // The gradients of all parameters one behind the other are cut into tasks of one size.
  parallel_for(static_cast<double>(total) > kParallelFloats ? executor : serial, ceil_div(total, task_floats),
               [&](int64_t task) {
                 int64_t first = task * task_floats, last = std::min(first + task_floats, total);
                 for (const ParameterUpdate& one : updates) {
                   const int64_t size = one.count * one.row_size;
                   const int64_t begin = std::max<int64_t>(first, 0), end = std::min(last, size);
                   // A parameter without rows is within every task, and has no row to divide by.
                   if (begin < end) Span(update, coefficients, one).apply(begin, end);
                   first -= size;
                   last -= size;
                 }
               });
}

}  // namespace ortnce::kernels
