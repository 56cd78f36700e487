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
struct Chunk {
  int64_t example, examples, first, last;
};

/// The work of one call, cut into tasks.
class Backward {
 public:
  Backward(const NceProblem& p, const Plan& plan, const Scratch& scratch, const float* loss_grad,
           const NceGradients& out, Executor& workers)
      : p_(p), plan_(plan), scratch_(scratch), loss_grad_(loss_grad), out_(out), workers_(workers) {}

  void pack_panels() {
    SerialExecutor serial;
    const bool parallel = static_cast<double>(p_.num_sampled) * static_cast<double>(p_.dim) > kParallelFloats;
    parallel_for(parallel ? workers_ : serial, plan_.panels, [&](int64_t panel) {
      const int64_t first = panel * plan_.width;
      plan_.kernels.pack_panel(p_.sampled_rows + first, std::min(plan_.width, p_.num_sampled - first), p_.dim,
                               scratch_.panels + first * p_.dim);
    });
  }

  /// Slopes of the chunk, and what they add to the gradients of its examples and to their losses. The first chunk of
  /// some examples begins these gradients with what their labels add, and packs their rows.
  void examples(const Chunk& chunk) {
    const int64_t block = plan_.kernels.block_examples, candidates = chunk.last - chunk.first;
    plan_.kernels.pack_rows(p_.sampled_rows + chunk.first, candidates, p_.dim, scratch_.candidate_rows,
                            candidates * plan_.width);
    parallel_for(workers_, ceil_div(chunk.examples, block), [&](int64_t task) {
      const int64_t at = task * block, count = std::min(block, chunk.examples - at), example = chunk.example + at;
      float* const inputs_grad = out_.inputs + example * p_.dim;
      double* const loss = out_.loss == nullptr ? nullptr : out_.loss + example;
      if (chunk.first == 0) {
        pack_examples(chunk, at, count);
        std::fill_n(inputs_grad, count * p_.dim, 0.0f);
        plan_.kernels.true_gradients(p_, example, count, loss_grad_ + example, out_.true_slopes + example * p_.num_true,
                                     inputs_grad, loss);
      }
      float* const slopes = scratch_.slopes + at * plan_.candidates;
      plan_.kernels.sampled_slopes(p_, scratch_.panels, example, count, chunk.first, chunk.last, loss_grad_ + example,
                                   slopes, plan_.candidates, loss);
      plan_.kernels.add_products(slopes, plan_.candidates, 1, count, scratch_.candidate_rows, candidates, p_.dim,
                                 inputs_grad);
    });
  }

  /// What the slopes of the chunk add to the gradients of its candidates: tasks of their embeddings,
  /// then tasks of their biases.
  void candidates(const Chunk& chunk) {
    const int64_t rows = plan_.kernels.tile_rows, candidates = chunk.last - chunk.first;
    const int64_t embedding_tasks = ceil_div(candidates, rows);
    parallel_for(workers_, embedding_tasks + ceil_div(candidates, plan_.width), [&](int64_t task) {
      if (task < embedding_tasks) {
        const int64_t k = task * rows;
        plan_.kernels.add_products(scratch_.slopes + k, 1, plan_.candidates, std::min(rows, candidates - k),
                                   scratch_.example_rows, chunk.examples, p_.dim,
                                   out_.sampled + (chunk.first + k) * p_.dim);
      } else {
        const int64_t k = (task - embedding_tasks) * plan_.width;
        plan_.kernels.add_column_sums(scratch_.slopes + k, plan_.candidates, chunk.examples,
                                      std::min(plan_.width, candidates - k), out_.sampled_biases + chunk.first + k);
      }
    });
  }

 private:
  /// Packs the rows of examples [at, at + count) of the chunk.
  void pack_examples(const Chunk& chunk, int64_t at, int64_t count) {
    for (int64_t e = at; e < at + count; ++e) {
      // The inputs of an example without counted labels may be anything: 0 times NaN would be NaN.
      const bool constant = counted_labels(p_, chunk.example + e) == 0;
      scratch_.example_pointers[e] = constant ? scratch_.zero_row : p_.inputs + (chunk.example + e) * p_.dim;
    }
    plan_.kernels.pack_rows(scratch_.example_pointers + at, count, p_.dim, scratch_.example_rows + at * plan_.width,
                            chunk.examples * plan_.width);
  }

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
  std::fill_n(scratch.zero_row, p.dim, 0.0f);
  std::fill_n(out.sampled, p.num_sampled * p.dim, 0.0f);
  std::fill_n(out.sampled_biases, p.num_sampled, 0.0f);

  // Chunks follow each other in a fixed order, so that every sum is the same for any threads.
  Backward backward(p, plan, scratch, loss_grad, out, plan.parallel ? executor : serial);
  backward.pack_panels();
  for (int64_t example = 0; example < p.batch; example += plan.examples) {
    Chunk chunk{example, std::min(plan.examples, p.batch - example), 0, 0};
    do {
      chunk.last = std::min(chunk.first + plan.candidates, p.num_sampled);
      backward.examples(chunk);
      backward.candidates(chunk);
      chunk.first = chunk.last;
    } while (chunk.first < p.num_sampled);
  }
  for (int64_t i = 0; out.loss != nullptr && i < p.batch; ++i) {
    if (counted_labels(p, i) == 0) out.loss[i] = 0;
  }
}

}  // namespace ortnce::kernels
