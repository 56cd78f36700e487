#include "class_bench.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <vector>

#include "kernels/class_scan.h"
#include "kernels/full_sigmoid_loss.h"
#include "kernels/reference/class_reference.h"
#include "numbers.h"

namespace ortnce::bench {
namespace {

constexpr double kTolerance = 1e-6;
constexpr int64_t kChecked = 3;  // examples that the reference goes through

size_t at(int64_t count) { return static_cast<size_t>(count); }

struct LossRun {
  explicit LossRun(const ClassShape& s)
      : shape(s),
        inputs(s.inputs, uniform_floats(s.batch * s.dim, 1, 1)),
        weights(s.weights, uniform_floats(s.classes * s.dim, 3 / std::sqrt(static_cast<float>(s.dim)), 2)),
        biases(s.weights, uniform_floats(s.classes, 3, 3)),
        labels(uniform_ids(s.batch, s.classes, 4)),
        table(rows_of(s), s.weights, {weights.at(0)}, s.dim, biases.at(0)),
        of_floats(rows_of(s), kernels::ElementType::kFloat, {weights.floats.data()}, s.dim, biases.floats.data()),
        logits(at(s.batch)),
        losses(at(s.batch)) {
    problem.batch = s.batch;
    problem.num_true = 1;
    problem.dim = s.dim;
    problem.inputs = {inputs.type, inputs.at(0)};
    problem.labels = labels.data();
    problem.table = &table;
    problem.class_end = s.classes;
    kernels::ClassScan scan(problem, false, false);
    size_t bytes = 0;
    scan.workspace(&bytes);
    storage.resize(bytes + 64);
    sums.resize(at(s.batch * scan.most_chunks()));
    totals.resize(at(s.batch));
  }

  static kernels::ClassRows rows_of(const ClassShape& s) {
    return kernels::ClassRows(kernels::PartitionStrategy::kDiv, {s.classes});
  }

  void run(kernels::Executor& executor) {
    kernels::ClassScan scan(problem, false, false);
    size_t bytes = 0;
    scan.workspace(&bytes);
    scan.begin(reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(storage.data()) + 63) & ~uintptr_t{63}), executor);
    scan.true_logits(logits.data());
    std::fill(totals.begin(), totals.end(), kernels::ClassTotals{});
    const int64_t wave = scan.most_chunks(), chunks = kernels::chunk_count(shape.classes);
    for (int64_t first = 0; first < chunks; first += wave) {
      const int64_t count = std::min(wave, chunks - first);
      scan.scan(first, count, nullptr, {wave, sums.data(), nullptr, nullptr});
      kernels::add_chunks(shape.batch, count, wave, sums.data(), nullptr, totals.data());
    }
    for (int64_t i = 0; i < shape.batch; ++i) {
      losses[at(i)] = kernels::full_sigmoid_loss({&labels[at(i)], &logits[at(i)], 1}, totals[at(i)].softplus_sum);
    }
  }

  std::string check() const {
    for (int64_t i = 0; i < std::min(kChecked, shape.batch); ++i) {
      const std::vector<double> z =
          kernels::reference::logits(inputs.floats.data() + i * shape.dim, shape.dim, of_floats, shape.classes);
      const double expected = kernels::reference::full_sigmoid_loss(z, &labels[at(i)], 1);
      const double error = std::fabs(losses[at(i)] - expected) / expected;
      if (!(error <= kTolerance)) return "loss " + std::to_string(i) + " is off by " + std::to_string(error);
    }
    return "";
  }

  ClassShape shape;
  StoredNumbers inputs, weights, biases;
  std::vector<int64_t> labels;
  kernels::ClassTable table, of_floats;
  kernels::ClassScanProblem problem;
  std::vector<unsigned char> storage;
  std::vector<double> sums;
  std::vector<kernels::ClassTotals> totals;
  std::vector<float> logits;
  std::vector<double> losses;
};

}  // namespace

std::string describe(const ClassShape& s) {
  char text[100];
  std::snprintf(text, sizeof(text), "B %lld, D %lld, V %lld", static_cast<long long>(s.batch),
                static_cast<long long>(s.dim), static_cast<long long>(s.classes));
  return text + types_text(s.inputs, s.weights);
}

Subject full_sigmoid_loss(const ClassShape& s) {
  const auto run = std::make_shared<LossRun>(s);
  const double products =
      2.0 * static_cast<double>(s.batch) * static_cast<double>(s.dim) * static_cast<double>(s.classes);
  return {products, in_pairs(s.inputs, s.weights), static_cast<double>(kernels::element_bytes(s.weights) * s.classes * (s.dim + 1)),
          [run](kernels::Executor& executor) { run->run(executor); }, [run] { return run->check(); }};
}

}  // namespace ortnce::bench
