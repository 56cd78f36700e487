#include "nce_bench.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <vector>

#include "kernels/class_gradients.h"
#include "kernels/nce_backward.h"
#include "kernels/nce_forward.h"
#include "kernels/reference/nce_reference.h"
#include "numbers.h"

namespace ortnce::bench {
namespace {

constexpr double kTolerance = 1e-6;
constexpr int64_t kChecked = 8;  // examples, or candidates, that the reference goes through

std::string off_by(const char* what, double relative) {
  if (relative <= kTolerance) return "";
  return std::string(what) + " is off by " + std::to_string(relative) + " of its norm";
}

/// A buffer aligned to 64 bytes.
class Workspace {
 public:
  explicit Workspace(size_t bytes) : storage_(bytes + 64) {}
  void* data() { return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(storage_.data()) + 63) & ~uintptr_t{63}); }

 private:
  std::vector<unsigned char> storage_;
};

/// The arrays of a problem.
struct NceData {
  explicit NceData(const NceShape& s)
      : inputs(s.inputs, uniform_floats(s.batch * s.dim, 1, 1)),
        weights(s.weights, uniform_floats(s.classes * s.dim, 3 / std::sqrt(static_cast<float>(s.dim)), 2)),
        labels(uniform_ids(s.batch * s.num_true, s.classes, 3)),
        sampled(uniform_ids(s.num_sampled, s.classes, 4)),
        true_offsets(uniform_floats(s.batch * s.num_true, 3, 5)),
        sampled_offsets(uniform_floats(s.num_sampled, 3, 6)) {
    for (const int64_t id : labels) {
      true_rows.push_back(weights.at(id * s.dim));
      true_floats.push_back(weights.floats.data() + id * s.dim);
    }
    for (const int64_t id : sampled) {
      sampled_rows.push_back(weights.at(id * s.dim));
      sampled_floats.push_back(weights.floats.data() + id * s.dim);
    }
    problem.batch = s.batch;
    problem.num_true = s.num_true;
    problem.num_sampled = s.num_sampled;
    problem.dim = s.dim;
    problem.inputs = inputs.floats.data();
    if (inputs.type == kernels::ElementType::kBfloat16) problem.bfloat16_inputs = inputs.at(0);
    problem.labels = labels.data();
    problem.row_type = weights.type;
    problem.true_rows = true_rows.data();
    problem.true_offsets = true_offsets.data();
    problem.sampled_rows = sampled_rows.data();
    problem.sampled_offsets = sampled_offsets.data();
  }

  /// Inputs that are halves become floats in each run.
  void widen_inputs(kernels::Executor& executor) {
    if (inputs.type == kernels::ElementType::kFloat) return;
    kernels::widen(inputs.type, inputs.at(0), static_cast<int64_t>(inputs.floats.size()), inputs.floats.data(),
                   executor);
  }

  /// The problem of the same numbers as floats, for the reference.
  kernels::NceProblem of_floats() const {
    kernels::NceProblem wide = problem;
    wide.bfloat16_inputs = nullptr;
    wide.row_type = kernels::ElementType::kFloat;
    wide.true_rows = true_floats.data();
    wide.sampled_rows = sampled_floats.data();
    return wide;
  }

  StoredNumbers inputs, weights;
  std::vector<int64_t> labels, sampled;
  std::vector<float> true_offsets, sampled_offsets;
  std::vector<const void*> true_rows, sampled_rows, true_floats, sampled_floats;
  kernels::NceProblem problem;
};

struct LossRun {
  explicit LossRun(const NceShape& shape) : data(shape), workspace(bytes_of(data.problem)), loss(at(shape.batch)) {}

  static size_t at(int64_t count) { return static_cast<size_t>(count); }

  static size_t bytes_of(const kernels::NceProblem& problem) {
    size_t bytes = 0;
    kernels::nce_forward_workspace(problem, &bytes);
    return bytes;
  }

  std::string check() const {
    kernels::NceProblem some = data.of_floats();
    some.batch = std::min(kChecked, some.batch);
    std::vector<double> expected(at(some.batch));
    kernels::reference::nce_forward(some, expected.data());
    return off_by("loss", std::sqrt(relative_square(loss.data(), expected.data(), some.batch)));
  }

  NceData data;
  Workspace workspace;
  std::vector<double> loss;
};

struct GradientRun {
  explicit GradientRun(const NceShape& s)
      : data(s),
        workspace(bytes_of(data.problem)),
        loss(at(s.batch)),
        loss_grad(at(s.batch), 1.0f / static_cast<float>(s.batch)),
        inputs(at(s.batch * s.dim)),
        true_slopes(at(s.batch * s.num_true)),
        sampled(at(s.num_sampled * s.dim)),
        sampled_biases(at(s.num_sampled)),
        entries(at(kernels::IdGroups::room(s.batch * s.num_true + s.num_sampled))),
        weights(at((s.batch * s.num_true + s.num_sampled) * s.dim)),
        biases(at(s.batch * s.num_true + s.num_sampled)) {}

  static size_t at(int64_t count) { return static_cast<size_t>(count); }

  static size_t bytes_of(const kernels::NceProblem& problem) {
    size_t bytes = 0;
    kernels::nce_backward_workspace(problem, &bytes);
    return bytes;
  }

  void run(kernels::Executor& executor) {
    data.widen_inputs(executor);
    const kernels::IdGroups groups = kernels::group_classes(data.problem, data.sampled.data(), entries.data());
    const kernels::NceGradients gradients{inputs.data(), true_slopes.data(), sampled.data(), sampled_biases.data(),
                                          loss.data()};
    kernels::nce_backward(data.problem, loss_grad.data(), workspace.data(), executor, gradients);
    kernels::sum_by_class(groups, data.problem, gradients, executor, weights.data(), biases.data());
    if (data.inputs.type == kernels::ElementType::kFloat) return;
    narrowed.resize(inputs.size());
    kernels::narrow(inputs.data(), static_cast<int64_t>(inputs.size()), data.inputs.type, narrowed.data(), executor);
  }

  /// Some examples against all candidates, then some candidates against all examples.
  std::string check() const {
    kernels::NceProblem examples = data.of_floats();
    examples.batch = std::min(kChecked, examples.batch);
    const std::string wrong = check(examples, "inputs_grad", [&](const auto& expected) {
      return relative_square(inputs.data(), expected.inputs.data(), examples.batch * examples.dim);
    });
    if (!wrong.empty()) return wrong;
    kernels::NceProblem candidates = data.of_floats();
    candidates.num_sampled = std::min(kChecked, candidates.num_sampled);
    return check(candidates, "weights_grad", [&](const auto& expected) {
      return relative_square(sampled.data(), expected.sampled.data(), candidates.num_sampled * candidates.dim);
    });
  }

  struct Expected {
    std::vector<double> inputs, true_slopes, sampled, sampled_biases;
  };

  template <class Square>
  std::string check(const kernels::NceProblem& part, const char* what, Square square) const {
    Expected expected{std::vector<double>(at(part.batch * part.dim)),
                      std::vector<double>(at(part.batch * part.num_true)),
                      std::vector<double>(at(part.num_sampled * part.dim)), std::vector<double>(at(part.num_sampled))};
    kernels::reference::nce_backward(
        part, loss_grad.data(),
        {expected.inputs.data(), expected.true_slopes.data(), expected.sampled.data(), expected.sampled_biases.data()});
    return off_by(what, std::sqrt(square(expected)));
  }

  NceData data;
  Workspace workspace;
  std::vector<double> loss;
  std::vector<float> loss_grad, inputs, true_slopes, sampled, sampled_biases;
  std::vector<kernels::IdGroups::Entry> entries;
  std::vector<float> weights, biases;
  std::vector<uint16_t> narrowed;
};

/// Rows of the table are read once a label or candidate; the rest fits into a cache.
double gathered_bytes(const NceShape& s) {
  return static_cast<double>(kernels::element_bytes(s.weights) * s.dim) *
         static_cast<double>(s.batch * s.num_true + s.num_sampled);
}

double products(const NceShape& s) {
  return 2.0 * static_cast<double>(s.batch) * static_cast<double>(s.dim) *
         static_cast<double>(s.num_sampled + s.num_true);
}

}  // namespace

std::string describe(const NceShape& s) {
  char text[120];
  std::snprintf(text, sizeof(text), "B %lld, D %lld, S %lld, V %lld, T %lld", static_cast<long long>(s.batch),
                static_cast<long long>(s.dim), static_cast<long long>(s.num_sampled), static_cast<long long>(s.classes),
                static_cast<long long>(s.num_true));
  return text + types_text(s.inputs, s.weights);
}

Subject nce_loss(const NceShape& shape) {
  const auto run = std::make_shared<LossRun>(shape);
  return {products(shape), in_pairs(shape.inputs, shape.weights), gathered_bytes(shape),
          [run](kernels::Executor& executor) {
            run->data.widen_inputs(executor);
            kernels::nce_forward(run->data.problem, run->workspace.data(), executor, run->loss.data());
          },
          [run] { return run->check(); }};
}

Subject nce_loss_and_gradient(const NceShape& shape) {
  const auto run = std::make_shared<GradientRun>(shape);
  return {3 * products(shape), false, gathered_bytes(shape), [run](kernels::Executor& executor) { run->run(executor); },
          [run] { return run->check(); }};
}

}  // namespace ortnce::bench
