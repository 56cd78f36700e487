#include "kernels/nce_forward.h"

#include <algorithm>

#include "kernels/cpu/dispatch.h"
#include "kernels/sampled_products.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {
namespace {

/// How one problem is cut into tasks, blocks of examples by slices of candidates: a function of its sizes
/// alone, so that the order of every sum, and with it every bit of the result, is the same for any
/// number of threads.
struct Plan {
  int64_t panels;          // panels of candidates
  int64_t block_examples;  // examples of a block: whole register tiles
  int64_t blocks;
  int64_t slice_panels;  // panels of a slice
  int64_t slices;        // each has a sum for every example
  int64_t near_panels;   // panels that stay in the second-level cache while a block passes
  bool parallel;         // worth handing to other threads
  bool pack_parallel;

  Plan(const NceProblem& p, const cpu::NceBlockKernels& kernels) {
    panels = ceil_div(p.num_sampled, kernels.panel_width);
    const int64_t tasks = task_count(work_estimate(p)), tiles = ceil_div(p.batch, kernels.tile_rows);
    const int64_t groups = std::max<int64_t>(ceil_div(panels, kernels.group_panels), 1);
    const int64_t most_blocks = std::max<int64_t>(ceil_div(tiles, kMostBlockTiles), 1);
    if (std::min(tasks, groups) >= kMostSlices && most_blocks < kMostSlices) {
      // Candidates enough for all tasks, and examples too few: each task packs the candidates of its own,
      // and they never leave its cache.
      cut(groups, kMostSlices, kernels);
      block_examples = std::max<int64_t>(tiles, 1) * kernels.tile_rows;
    } else {
      // Blocks as large as leaves enough tasks: the panels of a slice are fetched once a block. Slices
      // where the examples alone do not give enough.
      cut(groups, std::min(ceil_div(tasks, most_blocks), kMostSlices), kernels);
      block_examples = std::clamp<int64_t>(tiles * slices / tasks, 1, kMostBlockTiles) * kernels.tile_rows;
    }
    blocks = ceil_div(p.batch, block_examples);
    const int64_t near_candidates = kNearFloats / std::max<int64_t>(p.dim, 1);
    const int64_t group = kernels.group_panels * kernels.panel_width;
    near_panels = std::max<int64_t>(near_candidates / group, 1) * kernels.group_panels;
    parallel = work_estimate(p) > kParallelWork;
    pack_parallel = static_cast<double>(p.num_sampled) * static_cast<double>(p.dim) > kParallelFloats;
  }

  /// Whether every panel has one task that uses it: that packs it just before, in a buffer of the slice.
  bool packs_in_tasks() const { return blocks <= 1; }

  int64_t buffer_panels() const { return std::min(near_panels, slice_panels); }
  int64_t packed_panels() const { return packs_in_tasks() ? slices * buffer_panels() : panels; }

 private:
  static constexpr int64_t kMostSlices = 16, kMostBlockTiles = 32;

  /// Slices of whole groups, about `wanted`.
  void cut(int64_t groups, int64_t wanted, const cpu::NceBlockKernels& kernels) {
    slice_panels = ceil_div(groups, wanted) * kernels.group_panels;
    slices = std::max<int64_t>(ceil_div(panels, slice_panels), 1);
  }
};

/// The scratch arrays of one call.
struct Scratch {
  float* panels;  // [packed panels, D, width]
  double* sums;   // [slices, B]

  /// With a null workspace only sums up the sizes.
  Scratch(const NceProblem& p, const cpu::NceBlockKernels& kernels, const Plan& plan, void* workspace,
          CheckedBytes* bytes) {
    panels = bytes->take<float>(workspace, plan.packed_panels(), kernels.panel_width, p.dim);
    sums = bytes->take<double>(workspace, plan.slices, p.batch);
  }
};

/// The tasks of one call.
class Forward {
 public:
  Forward(const NceProblem& problem, const cpu::NceBlockKernels& kernels, const Plan& plan, const Scratch& scratch,
          double* loss)
      : p_(problem), sampled_(problem), kernels_(kernels), plan_(plan), scratch_(scratch), loss_(loss) {}

  /// Packs a panel among all of them.
  void pack(int64_t panel) const { sampled_.pack(panel, scratch_.panels + panel * sampled_.panel_floats()); }

  /// The terms of a block of examples with a slice of the candidates, and of a share of their labels.
  void run(int64_t block, int64_t slice) const {
    const int64_t begin = block * plan_.block_examples, end = std::min(begin + plan_.block_examples, p_.batch);
    const int64_t share = ceil_div(end - begin, plan_.slices);
    const int64_t own = std::min(begin + slice * share, end), own_end = std::min(own + share, end);
    fetch_true_rows(p_, own, own_end);
    double* const sums = scratch_.sums + slice * p_.batch;
    std::fill(sums + begin, sums + end, 0.0);
    const int64_t last = std::min((slice + 1) * plan_.slice_panels, plan_.panels);
    for (int64_t near = slice * plan_.slice_panels; near < last; near += plan_.near_panels) {
      const int64_t near_end = std::min(near + plan_.near_panels, last);
      const float* const packed = packed_panels(near, near_end, slice);
      for (int64_t tile = begin; tile < end; tile += kernels_.tile_rows) {
        sampled_.kernels().sampled_sums(sampled_.problem(), packed, tile, std::min(kernels_.tile_rows, end - tile),
                                        near * kernels_.panel_width,
                                        std::min(near_end * kernels_.panel_width, p_.num_sampled), sums + tile);
      }
    }
    std::fill(loss_ + own, loss_ + own_end, 0.0);
    kernels_.true_sums(p_, own, own_end - own, loss_ + own);
  }

 private:
  /// Panels [first, last), which this task packs where no other uses them.
  const float* packed_panels(int64_t first, int64_t last, int64_t slice) const {
    const int64_t floats = sampled_.panel_floats();
    if (!plan_.packs_in_tasks()) return scratch_.panels + first * floats;
    float* const buffer = scratch_.panels + slice * plan_.buffer_panels() * floats;
    for (int64_t panel = first; panel < last; ++panel) sampled_.pack(panel, buffer + (panel - first) * floats);
    return buffer;
  }

  const NceProblem& p_;
  SampledProducts sampled_;
  const cpu::NceBlockKernels& kernels_;
  const Plan& plan_;
  const Scratch& scratch_;
  double* loss_;
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
  const Forward forward(problem, kernels, plan, scratch, loss);
  SerialExecutor serial;
  Executor& workers = plan.parallel ? executor : serial;

  if (!plan.packs_in_tasks()) {
    parallel_for(plan.pack_parallel ? workers : serial, plan.panels,
                 [&](int64_t panel) { forward.pack(panel); });
  }
  parallel_for(workers, plan.blocks * plan.slices,
               [&](int64_t task) { forward.run(task / plan.slices, task % plan.slices); });

  for (int64_t i = 0; i < problem.batch; ++i) {
    if (counted_labels(problem, i) == 0) {
      loss[i] = 0;
      continue;
    }
    for (int64_t slice = 0; slice < plan.slices; ++slice) loss[i] += scratch.sums[slice * problem.batch + i];
  }
}

}  // namespace ortnce::kernels
