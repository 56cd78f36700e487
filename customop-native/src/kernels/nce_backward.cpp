#include "kernels/nce_backward.h"

#include <algorithm>

#include "kernels/cpu/dispatch.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {
namespace {

/// Slopes are kept for this many examples by this many candidates at a time: 4 MiB, near to the
/// cores however large the batch. Kept, they cost one matrix product less than logits that are
/// computed again for the second use.
constexpr int64_t kChunkExamples = 1024, kChunkCandidates = 1024;

/// Candidates of one task of the second product.
constexpr int64_t kTaskCandidates = 48;

struct Plan {
  const cpu::NceBlockKernels& kernels = cpu::active_kernels();
  int64_t width = kernels.panel_width;
  int64_t panels;      // packed panels of all candidates, for the logits
  int64_t dim_panels;  // panels of packed rows
  int64_t examples;    // examples of a chunk
  int64_t candidates;  // candidates of a chunk, whole panels
  bool parallel;

  explicit Plan(const NceProblem& p) {
    panels = ceil_div(p.num_sampled, width);
    dim_panels = ceil_div(p.dim, width);
    examples = std::min(p.batch, kChunkExamples);
    candidates = std::min(panels, kChunkCandidates / width) * width;
    parallel = 3 * work_estimate(p) > kParallelWork;
  }
};

/// The scratch arrays of one call, laid out in the workspace.
struct Scratch {
  float *panels, *slopes, *candidate_rows, *example_rows, *zero_row;
  const float** example_pointers;

  /// With a null workspace only sums up the sizes.
  Scratch(const Plan& plan, const NceProblem& p, void* workspace, CheckedBytes* bytes) {
    panels = bytes->take<float>(workspace, plan.panels, plan.width, p.dim);
    slopes = bytes->take<float>(workspace, plan.examples, plan.candidates, 1);
    candidate_rows = bytes->take<float>(workspace, plan.candidates, plan.dim_panels, plan.width);
    example_rows = bytes->take<float>(workspace, plan.examples, plan.dim_panels, plan.width);
    zero_row = bytes->take<float>(workspace, p.dim);
    example_pointers = bytes->take<const float*>(workspace, plan.examples, 1, 1);
  }
};

/// One chunk: examples [example, example + examples) by candidates [first, last).
class Chunk {
 public:
  Chunk(const NceProblem& p, const Plan& plan, const Scratch& scratch, const float* loss_grad, const NceGradients& out,
        Executor& workers)
      : p_(p), plan_(plan), scratch_(scratch), loss_grad_(loss_grad), out_(out), workers_(workers) {}

  /// Slopes of the chunk, and what they add to the gradients of its examples.
  void slopes_and_inputs(int64_t example, int64_t examples, int64_t first, int64_t last) {
    const int64_t block = plan_.kernels.block_examples;
    plan_.kernels.pack_rows(p_.sampled_rows + first, last - first, p_.dim, scratch_.candidate_rows);
    parallel_for(workers_, ceil_div(examples, block), [&](int64_t task) {
      const int64_t e = task * block, count = std::min(block, examples - e);
      float* const slopes = scratch_.slopes + e * plan_.candidates;
      plan_.kernels.sampled_slopes(p_, scratch_.panels, example + e, count, first, last, loss_grad_ + example + e,
                                   slopes, plan_.candidates);
      plan_.kernels.add_products(slopes, plan_.candidates, 1, count, scratch_.candidate_rows, last - first, p_.dim,
                                 out_.inputs + (example + e) * p_.dim);
    });
  }

  /// What the slopes of the chunk add to the gradients of its candidates. The examples' rows are
  /// packed.
  void candidates(int64_t examples, int64_t first, int64_t last) {
    parallel_for(workers_, ceil_div(last - first, kTaskCandidates), [&](int64_t task) {
      const int64_t k = task * kTaskCandidates, count = std::min(kTaskCandidates, last - first - k);
      plan_.kernels.add_products(scratch_.slopes + k, 1, plan_.candidates, count, scratch_.example_rows, examples,
                                 p_.dim, out_.sampled + (first + k) * p_.dim);
      for (int64_t c = 0; c < count; ++c) {
        double sum = 0;
        for (int64_t e = 0; e < examples; ++e)
          sum += static_cast<double>(scratch_.slopes[e * plan_.candidates + k + c]);
        out_.sampled_biases[first + k + c] += static_cast<float>(sum);
      }
    });
  }

 private:
  const NceProblem& p_;
  const Plan& plan_;
  const Scratch& scratch_;
  const float* loss_grad_;
  const NceGradients& out_;
  Executor& workers_;
};

}  // namespace

bool nce_backward_workspace(const NceProblem& problem, size_t* bytes) {
  CheckedBytes sum;
  Scratch(Plan(problem), problem, nullptr, &sum);
  *bytes = sum.total();
  return sum.fits();
}

void nce_backward(const NceProblem& p, const float* loss_grad, void* workspace, Executor& executor,
                  const NceGradients& out) {
  const Plan plan(p);
  CheckedBytes bytes;
  const Scratch scratch(plan, p, workspace, &bytes);
  SerialExecutor serial;
  Executor& workers = plan.parallel ? executor : serial;
  std::fill_n(scratch.zero_row, p.dim, 0.0f);
  std::fill_n(out.inputs, p.batch * p.dim, 0.0f);
  std::fill_n(out.sampled, p.num_sampled * p.dim, 0.0f);
  std::fill_n(out.sampled_biases, p.num_sampled, 0.0f);

  const int64_t block = plan.kernels.block_examples;
  parallel_for(workers, ceil_div(p.batch, block), [&](int64_t task) {
    const int64_t e = task * block, count = std::min(block, p.batch - e);
    plan.kernels.true_gradients(p, e, count, loss_grad + e, out.true_slopes + e * p.num_true, out.inputs + e * p.dim);
  });
  parallel_for(workers, plan.panels, [&](int64_t panel) {
    const int64_t first = panel * plan.width;
    plan.kernels.pack_panel(p.sampled_rows + first, std::min(plan.width, p.num_sampled - first), p.dim,
                            scratch.panels + first * p.dim);
  });

  // Chunks follow each other in a fixed order, so that every sum is the same for any threads.
  Chunk chunk(p, plan, scratch, loss_grad, out, workers);
  for (int64_t example = 0; example < p.batch; example += plan.examples) {
    const int64_t examples = std::min(plan.examples, p.batch - example);
    for (int64_t e = 0; e < examples; ++e) {
      // The inputs of an example without counted labels may be anything: 0 times NaN would be NaN.
      const bool constant = counted_labels(p, example + e) == 0;
      scratch.example_pointers[e] = constant ? scratch.zero_row : p.inputs + (example + e) * p.dim;
    }
    plan.kernels.pack_rows(scratch.example_pointers, examples, p.dim, scratch.example_rows);
    for (int64_t first = 0; first < p.num_sampled; first += plan.candidates) {
      const int64_t last = std::min(first + plan.candidates, p.num_sampled);
      chunk.slopes_and_inputs(example, examples, first, last);
      chunk.candidates(examples, first, last);
    }
  }
}

}  // namespace ortnce::kernels
