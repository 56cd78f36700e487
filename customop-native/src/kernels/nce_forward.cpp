#include "kernels/nce_forward.h"

#include <algorithm>

#include "kernels/cpu/dispatch.h"

namespace ortnce::kernels {
namespace {

int64_t ceil_div(int64_t a, int64_t b) { return a / b + (a % b != 0 ? 1 : 0); }

/// How one problem is cut into tasks: a function of its sizes alone, so that the order of every
/// sum, and with it every bit of the result, is the same for any number of threads.
struct Plan {
  int64_t panels;        // panels of candidates
  int64_t blocks;        // blocks of examples
  int64_t slices;        // ranges of panels; slice 0 also takes the true classes
  int64_t slice_panels;  // panels of a slice
  bool parallel;         // worth handing to other threads

  Plan(const NceProblem& p, const cpu::NceBlockKernels& kernels) {
    panels = ceil_div(p.num_sampled, kernels.panel_width);
    blocks = ceil_div(p.batch, kernels.block_examples);
    // Enough tasks to occupy 16 threads, when the examples alone do not give them.
    const int64_t wanted = std::clamp<int64_t>(ceil_div(kTasks, std::max<int64_t>(blocks, 1)), 1, kTasks);
    slice_panels = std::max<int64_t>(ceil_div(panels, wanted), 1);
    slices = std::max<int64_t>(ceil_div(panels, slice_panels), 1);
    // Below some 20 microseconds of arithmetic a hand-off to other threads costs more than it saves.
    const double terms = static_cast<double>(p.num_sampled) + static_cast<double>(p.num_true);
    const double products = static_cast<double>(p.batch) * terms * (static_cast<double>(p.dim) + 16);
    parallel = products > 1e6;
  }

  static constexpr int64_t kTasks = 16;
};

constexpr size_t kAlignment = 64;

bool multiply(size_t a, size_t b, size_t* product) { return !__builtin_mul_overflow(a, b, product); }

/// Packed panels, rounded up so that what follows is aligned.
bool panel_bytes(const NceProblem& p, const cpu::NceBlockKernels& kernels, const Plan& plan, size_t* bytes) {
  size_t floats = 0;
  if (!multiply(static_cast<size_t>(plan.panels), static_cast<size_t>(kernels.panel_width), &floats) ||
      !multiply(floats, static_cast<size_t>(p.dim), &floats) || !multiply(floats, sizeof(float), bytes) ||
      *bytes > SIZE_MAX - kAlignment) {
    return false;
  }
  *bytes = (*bytes + kAlignment - 1) / kAlignment * kAlignment;
  return true;
}

}  // namespace

int64_t counted_labels(const NceProblem& problem, int64_t i) {
  int64_t count = 0;
  for (int64_t j = 0; j < problem.num_true; ++j) count += problem.true_rows[i * problem.num_true + j] != nullptr;
  return count;
}

bool nce_forward_workspace(const NceProblem& problem, size_t* bytes) {
  const cpu::NceBlockKernels& kernels = cpu::active_kernels();
  const Plan plan(problem, kernels);
  size_t panels = 0, sums = 0;
  return panel_bytes(problem, kernels, plan, &panels) &&
         multiply(static_cast<size_t>(plan.slices) * sizeof(double), static_cast<size_t>(problem.batch), &sums) &&
         !__builtin_add_overflow(panels, sums, bytes);
}

void nce_forward(const NceProblem& problem, void* workspace, Executor& executor, double* loss) {
  const cpu::NceBlockKernels& kernels = cpu::active_kernels();
  const Plan plan(problem, kernels);
  size_t bytes = 0;
  panel_bytes(problem, kernels, plan, &bytes);
  float* const panels = static_cast<float*>(workspace);                                            // [panels, D, width]
  double* const sums = reinterpret_cast<double*>(static_cast<unsigned char*>(workspace) + bytes);  // [slices, B]

  SerialExecutor serial;
  Executor& workers = plan.parallel ? executor : serial;

  const int64_t width = kernels.panel_width;
  parallel_for(workers, plan.panels, [&](int64_t panel) {
    const int64_t first = panel * width;
    kernels.pack_panel(problem.sampled_rows + first, std::min(width, problem.num_sampled - first), problem.dim,
                       panels + first * problem.dim);
  });

  parallel_for(workers, plan.blocks * plan.slices, [&](int64_t task) {
    const int64_t block = task / plan.slices, slice = task % plan.slices;
    const int64_t example = block * kernels.block_examples;
    const int64_t count = std::min(kernels.block_examples, problem.batch - example);
    const int64_t first = std::min(slice * plan.slice_panels * width, problem.num_sampled);
    const int64_t last = std::min(first + plan.slice_panels * width, problem.num_sampled);
    double* const out = sums + slice * problem.batch + example;
    kernels.sampled_sums(problem, panels, example, count, first, last, out);
    if (slice == 0) kernels.true_sums(problem, example, count, loss + example);
  });

  for (int64_t i = 0; i < problem.batch; ++i) {
    if (counted_labels(problem, i) == 0) {
      loss[i] = 0;
      continue;
    }
    for (int64_t slice = 0; slice < plan.slices; ++slice) loss[i] += sums[slice * problem.batch + i];
  }
}

}  // namespace ortnce::kernels
