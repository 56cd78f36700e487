#include "kernels/nce_forward.h"

#include <algorithm>

#include "kernels/cpu/dispatch.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {
namespace {

/// How one problem is cut into tasks: a function of its sizes alone, so that the order of every
/// sum, and with it every bit of the result, is the same for any number of threads.
struct Plan {
  int64_t panels;          // panels of candidates
  int64_t block_examples;  // examples of a block: whole register tiles
  int64_t blocks;
  int64_t slice_panels;  // panels of a slice, a range of candidates; slice 0 also takes the true classes
  int64_t slices;
  int64_t near_panels;  // panels that stay in the second-level cache while a block passes
  bool parallel;        // worth handing to other threads

  Plan(const NceProblem& p, const cpu::NceBlockKernels& kernels) {
    panels = ceil_div(p.num_sampled, kernels.panel_width);
    // Blocks as large as leaves enough tasks: the panels of a slice are fetched once a block. Slices
    // where the examples alone do not give enough: each has a sum for every example.
    const int64_t tasks = task_count(work_estimate(p)), tiles = ceil_div(p.batch, kernels.tile_rows);
    const int64_t most_blocks = std::max<int64_t>(ceil_div(tiles, kMostBlockTiles), 1);
    const int64_t wanted = std::min(ceil_div(tasks, most_blocks), kMostSlices);
    const int64_t groups = std::max<int64_t>(ceil_div(panels, kernels.group_panels), 1);
    slice_panels = ceil_div(groups, wanted) * kernels.group_panels;
    slices = std::max<int64_t>(ceil_div(panels, slice_panels), 1);
    block_examples = std::clamp<int64_t>(tiles * slices / tasks, 1, kMostBlockTiles) * kernels.tile_rows;
    blocks = ceil_div(p.batch, block_examples);
    const int64_t group_floats = kernels.group_panels * kernels.panel_width * std::max<int64_t>(p.dim, 1);
    near_panels = std::max<int64_t>(kNearFloats / group_floats, 1) * kernels.group_panels;
    parallel = work_estimate(p) > kParallelWork;
  }

  static constexpr int64_t kMostSlices = 16, kMostBlockTiles = 32;
};

/// The scratch arrays of one call.
struct Scratch {
  float* panels;  // [panels, D, width]
  double* sums;   // [slices, B]

  /// With a null workspace only sums up the sizes.
  Scratch(const NceProblem& p, const cpu::NceBlockKernels& kernels, const Plan& plan, void* workspace,
          CheckedBytes* bytes) {
    panels = bytes->take<float>(workspace, plan.panels, kernels.panel_width, p.dim);
    sums = bytes->take<double>(workspace, plan.slices, p.batch);
  }
};

}  // namespace

int64_t counted_labels(const NceProblem& problem, int64_t i) {
  int64_t count = 0;
  for (int64_t j = 0; j < problem.num_true; ++j) count += problem.true_rows[i * problem.num_true + j] != nullptr;
  return count;
}

void fetch_true_rows(const NceProblem& problem, int64_t begin, int64_t end) {
  constexpr int64_t kLine = 64, kMostLines = 128;  // more would hold up the loads of that other work
  const int64_t row_bytes = problem.dim * element_bytes(problem.row_type);
  int64_t lines = 0;
  for (int64_t at = begin * problem.num_true; at < end * problem.num_true && lines < kMostLines; ++at) {
    const auto* const row = static_cast<const char*>(problem.true_rows[at]);
    for (int64_t i = 0; row != nullptr && i < row_bytes; i += kLine, ++lines) __builtin_prefetch(row + i, 0, 2);
  }
}

bool nce_forward_workspace(const NceProblem& problem, size_t* bytes) {
  const cpu::NceBlockKernels& kernels = cpu::active_kernels();
  CheckedBytes sum;
  Scratch(problem, kernels, Plan(problem, kernels), nullptr, &sum);
  *bytes = sum.total();
  return sum.fits();
}

void nce_forward(const NceProblem& problem, void* workspace, Executor& executor, double* loss) {
  const cpu::NceBlockKernels& kernels = cpu::active_kernels();
  const Plan plan(problem, kernels);
  CheckedBytes bytes;
  const Scratch scratch(problem, kernels, plan, workspace, &bytes);
  float* const panels = scratch.panels;
  double* const sums = scratch.sums;

  SerialExecutor serial;
  Executor& workers = plan.parallel ? executor : serial;

  const int64_t width = kernels.panel_width;
  const bool pack_parallel =
      static_cast<double>(problem.num_sampled) * static_cast<double>(problem.dim) > kParallelFloats;
  parallel_for(pack_parallel ? workers : serial, plan.panels, [&](int64_t panel) {
    const int64_t first = panel * width;
    kernels.pack_panel(problem.row_type, problem.sampled_rows + first, std::min(width, problem.num_sampled - first),
                       problem.dim, panels + first * problem.dim);
  });

  parallel_for(workers, plan.blocks * plan.slices, [&](int64_t task) {
    const int64_t block = task / plan.slices, slice = task % plan.slices;
    const int64_t begin = block * plan.block_examples, end = std::min(begin + plan.block_examples, problem.batch);
    const int64_t first = std::min(slice * plan.slice_panels * width, problem.num_sampled);
    const int64_t last = std::min(first + plan.slice_panels * width, problem.num_sampled);
    double* const slice_sums = sums + slice * problem.batch;
    std::fill(slice_sums + begin, slice_sums + end, 0.0);
    if (slice == 0) fetch_true_rows(problem, begin, end);
    for (int64_t near = first; near < last; near += plan.near_panels * width) {
      const int64_t near_end = std::min(near + plan.near_panels * width, last);
      for (int64_t tile = begin; tile < end; tile += kernels.tile_rows) {
        const int64_t count = std::min(kernels.tile_rows, end - tile);
        kernels.sampled_sums(problem, panels, tile, count, near, near_end, slice_sums + tile);
      }
    }
    if (slice > 0) return;
    std::fill(loss + begin, loss + end, 0.0);
    kernels.true_sums(problem, begin, end - begin, loss + begin);
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
