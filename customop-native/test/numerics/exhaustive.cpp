// The worst errors of softplus(x), sigmoid(x) (the slope of a candidate) and -sigmoid(-x) (that of a label) over
// all finite floats, or every STEP-th from FIRST on, for every level of this processor. A line a level and function; exit
// code 1 above 2 ulp of softplus or 3 of the slopes.
// usage: ortnce_exhaustive [STEP [FIRST]]
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include "kernels/cpu/dispatch.h"
#include "kernels/nce_backward.h"
#include "support/guarded_workspace.h"
#include "support/levels.h"
#include "support/softplus_accuracy.h"

namespace {

using namespace ortnce;

double exact_sigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }

/// The worst error of one function at one level.
struct Worst {
  double ulp = 0;
  float x = 0;

  void add(const std::vector<float>& inputs, const float* outputs, const std::vector<double>& exact) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      const double error = test::ulp_error(outputs[i], exact[i]);
      if (error > ulp) {
        ulp = error;
        x = inputs[i];
      }
    }
  }

  bool report(const char* level, const char* function, double limit) const {
    std::printf("%s: %s %.4f ulp at %a\n", level, function, ulp, static_cast<double>(x));
    return ulp <= limit;
  }
};

/// A block of inputs with the exact results.
struct Block {
  std::vector<float> x;
  std::vector<double> softplus, sigmoid, label_slope;

  void clear() {
    x.clear();
    softplus.clear();
    sigmoid.clear();
    label_slope.clear();
  }

  void add(float value) {
    x.push_back(value);
    softplus.push_back(test::exact_softplus(value));
    sigmoid.push_back(exact_sigmoid(static_cast<double>(value)));
    label_slope.push_back(exact_sigmoid(-static_cast<double>(value)));
  }
};

class Level {
 public:
  explicit Level(platform::InstructionSet level) : level_(level) {}

  void add(const Block& block) {
    platform::use_level(level_);
    const auto count = static_cast<int64_t>(block.x.size());
    out_.resize(block.x.size());
    kernels::cpu::active_kernels().softplus(block.x.data(), count, out_.data());
    softplus_.add(block.x, out_.data(), block.softplus);
    candidate_slopes(block.x);
    sigmoid_.add(block.x, out_.data(), block.sigmoid);
    label_slopes(block.x);
    for (float& slope : out_) slope = -slope;
    label_.add(block.x, out_.data(), block.label_slope);
  }

  bool report() const {
    const char* const name = platform::name_of(level_);
    const bool good[] = {softplus_.report(name, "softplus(x)", 2), sigmoid_.report(name, "sigmoid(x)", 3),
                         label_.report(name, "-sigmoid(-x)", 3)};
    return good[0] && good[1] && good[2];
  }

 private:
  /// Logits of candidates, beside a label whose slope is 0.
  void candidate_slopes(const std::vector<float>& x) {
    static const float row = 0, certain = std::numeric_limits<float>::infinity();
    const std::vector<const void*> rows(x.size() + 1, &row);
    kernels::NceProblem problem;
    problem.batch = problem.num_true = 1;
    problem.num_sampled = static_cast<int64_t>(x.size());
    problem.true_offsets = &certain;
    problem.sampled_offsets = x.data();
    run(problem, rows, {nullptr, &label_out_, nullptr, out_.data()});
  }

  /// Logits of labels, one an example.
  void label_slopes(const std::vector<float>& x) {
    static const float row = 0;
    const std::vector<const void*> rows(x.size() + 1, &row);
    kernels::NceProblem problem;
    problem.batch = static_cast<int64_t>(x.size());
    problem.num_true = 1;
    problem.true_offsets = x.data();
    run(problem, rows, {nullptr, out_.data(), nullptr, nullptr});
  }

  static void run(kernels::NceProblem problem, const std::vector<const void*>& rows,
                  const kernels::NceGradients& out) {
    const std::vector<int64_t> labels(static_cast<size_t>(problem.batch));
    const std::vector<float> ones(labels.size(), 1);
    problem.labels = labels.data();
    problem.true_rows = problem.sampled_rows = rows.data();
    size_t bytes = 0;
    if (!kernels::nce_backward_workspace(problem, &bytes)) std::abort();
    test::GuardedWorkspace workspace(bytes);
    kernels::SerialExecutor serial;
    kernels::nce_backward(problem, ones.data(), workspace.data(), serial, out);
  }

  platform::InstructionSet level_;
  Worst softplus_, sigmoid_, label_;
  std::vector<float> out_;
  float label_out_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const uint64_t step = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  const uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  if (step == 0) return 2;
  std::vector<Level> levels;
  for (const auto level : test::available_levels()) levels.emplace_back(level);
  constexpr size_t kBlock = 1 << 14;
  Block block;
  for (uint64_t bits = first; bits < uint64_t{1} << 32; bits += step) {
    const float value = test::float_of_bits(static_cast<uint32_t>(bits));
    if (std::isfinite(value)) block.add(value);
    if (block.x.size() < kBlock && bits + step < uint64_t{1} << 32) continue;
    for (Level& level : levels) level.add(block);
    block.clear();
  }
  bool good = true;
  for (const Level& level : levels) good = level.report() && good;
  return good ? 0 : 1;
}
