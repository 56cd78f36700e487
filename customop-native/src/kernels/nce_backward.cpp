#include "kernels/nce_backward.h"

#include <algorithm>

#include "kernels/cpu/dispatch.h"
#include "kernels/sampled_products.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {
namespace {

/// Slopes are kept for this many examples by at most this many candidates at a time: near to the cores
/// however large the batch. Kept, they cost one matrix product less than logits that are computed again
/// for the second use.
constexpr int64_t kChunkExamples = 1024, kMostChunkCandidates = 1024;

/// Register tiles of a block of examples, whose slopes stay near.
constexpr int64_t kMostBlockTiles = 8;

/// Floats between two rows of slopes besides the slopes: rows a power of two apart would share their
/// sets of the first-level cache.
constexpr int64_t kRowGap = 16;

struct Plan {
  const cpu::NceBlockKernels& kernels = cpu::active_kernels();
  int64_t width = kernels.panel_width;
  int64_t panels;      // packed panels of all candidates, for the logits
  int64_t dim_panels;  // panels of packed rows
  int64_t examples;    // examples of a chunk
  int64_t candidates;  // candidates of a chunk, whole panels
  int64_t stride;      // of rows of slopes
  bool parallel;
  bool pack_parallel;

  explicit Plan(const NceProblem& p) {
    panels = ceil_div(p.num_sampled, width);
    dim_panels = ceil_div(p.dim, width);
    examples = std::min(p.batch, kChunkExamples);
    const int64_t group = kernels.group_panels * width;
    const int64_t near = std::max<int64_t>(kNearFloats / std::max<int64_t>(p.dim, 1) / group, 1) * group;
    candidates = std::min({panels, near / width, kMostChunkCandidates / width}) * width;
    stride = candidates + kRowGap;
    parallel = 3 * work_estimate(p) > kParallelWork;
    pack_parallel = static_cast<double>(p.num_sampled) * static_cast<double>(p.dim) > kParallelFloats;
  }
};

/// The scratch arrays of one call, laid out in the workspace.
struct Scratch {
  float* panels;          // [panels, D, width]
  float* slopes;          // [examples, stride]
  float* candidate_rows;  // for every chunk of candidates [dim_panels, candidates of the chunk, width]
  float* example_rows;    // [dim_panels, examples of the chunk, width]
  float* zero_row;        // [D]
  const void** example_pointers;

  /// With a null workspace only sums up the sizes.
  Scratch(const Plan& plan, const NceProblem& p, void* workspace, CheckedBytes* bytes) {
    panels = bytes->take<float>(workspace, plan.panels, plan.width, p.dim);
    slopes = bytes->take<float>(workspace, plan.examples, plan.stride, 1);
    candidate_rows = bytes->take<float>(workspace, plan.panels, plan.dim_panels, plan.width * plan.width);
    example_rows = bytes->take<float>(workspace, plan.examples, plan.dim_panels, plan.width);
    zero_row = bytes->take<float>(workspace, p.dim);
    example_pointers = bytes->take<const void*>(workspace, plan.examples, 1, 1);
  }
};

/// One chunk: examples [example, example + examples) by candidates [first, last).
struct Chunk {
  int64_t example, examples, first, last;

  int64_t candidates() const { return last - first; }
};

/// The work of one call, cut into tasks.
class Backward {
 public:
  Backward(const NceProblem& p, const Plan& plan, const Scratch& scratch, const float* loss_grad,
           const NceGradients& out, Executor& workers)
      : p_(p), sampled_(p), plan_(plan), scratch_(scratch), loss_grad_(loss_grad), out_(out), workers_(workers) {
    inputs_in_place_ = p.dim == plan.width;
    for (int64_t i = 0; inputs_in_place_ && i < p.batch; ++i) inputs_in_place_ = counted_labels(p, i) > 0;
  }

  /// Packs the candidates twice: as panels for the logits, as rows for the gradients of the inputs.
  void pack_candidates() {
    SerialExecutor serial;
    parallel_for(plan_.pack_parallel ? workers_ : serial, plan_.panels, [&](int64_t panel) {
      const int64_t first = panel * plan_.width, count = std::min(plan_.width, p_.num_sampled - first);
      sampled_.pack(panel, scratch_.panels + panel * sampled_.panel_floats());
      const int64_t chunk = first / plan_.candidates * plan_.candidates;
      const int64_t in_chunk = std::min(plan_.candidates, p_.num_sampled - chunk);
      plan_.kernels.pack_rows(p_.row_type, p_.sampled_rows + first, count, p_.dim,
                              candidate_rows(chunk) + (first - chunk) * plan_.width, in_chunk * plan_.width);
    });
  }

  /// Slopes of the chunk, and what they add to the gradients of its examples and to their losses. The
  /// first chunk of some examples also adds what their labels do, and packs their rows.
  void examples(const Chunk& chunk) {
    const int64_t tile = plan_.kernels.tile_rows;
    const double work = 2 * static_cast<double>(chunk.examples * chunk.candidates()) * static_cast<double>(p_.dim + 16);
    const int64_t block = std::clamp<int64_t>(chunk.examples / tile / task_count(work), 1, kMostBlockTiles) * tile;
    parallel_for(workers_, ceil_div(chunk.examples, block), [&](int64_t task) {
      const int64_t at = task * block, count = std::min(block, chunk.examples - at), example = chunk.example + at;
      const bool first = chunk.first == 0;
      if (first) {
        fetch_true_rows(p_, example, example + count);
        if (!inputs_in_place_) pack_examples(chunk, at, count);
      }
      double* const loss = out_.loss == nullptr ? nullptr : out_.loss + example;
      if (first && loss != nullptr) std::fill_n(loss, count, 0.0);
      const float* const panels = scratch_.panels + chunk.first * sampled_.problem().dim;
      float* const slopes = scratch_.slopes + at * plan_.stride;
      for (int64_t e = 0; e < count; e += tile) {
        sampled_.kernels().sampled_slopes(sampled_.problem(), panels, example + e, std::min(tile, count - e),
                                          chunk.first, chunk.last, loss_grad_ + example + e,
                                          slopes + e * plan_.stride, plan_.stride,
                                          loss == nullptr ? nullptr : loss + e);
      }
      const float* const rows = candidate_rows(chunk.first);
      float* const inputs_grad = out_.inputs + example * p_.dim;
      for (int64_t d = 0; d < p_.dim; d += plan_.width) {
        plan_.kernels.add_products(slopes, plan_.stride, 1, count, rows + d * chunk.candidates(), chunk.candidates(),
                                   std::min(plan_.width, p_.dim - d), inputs_grad + d, p_.dim, !first);
      }
      if (first) {
        plan_.kernels.true_gradients(p_, example, count, loss_grad_ + example, out_.true_slopes + example * p_.num_true,
                                     inputs_grad, loss);
      }
    });
  }

  /// What the slopes of the chunk add to the gradients of its candidates: tasks of their biases, then
  /// tasks of their embeddings. Those go through the candidates for one panel of examples after the
  /// other, which stays near.
  void candidates(const Chunk& chunk) {
    const int64_t candidates = chunk.candidates(), bias_tasks = ceil_div(candidates, plan_.width);
    const int64_t tiles = ceil_div(candidates, plan_.kernels.tile_rows);
    const double work = static_cast<double>(chunk.examples * candidates) * static_cast<double>(p_.dim);
    const int64_t block = std::max<int64_t>(tiles * plan_.dim_panels / task_count(work), 1) * plan_.kernels.tile_rows;
    const int64_t blocks = ceil_div(candidates, block);
    parallel_for(workers_, bias_tasks + plan_.dim_panels * blocks, [&](int64_t task) {
      if (task < bias_tasks) return add_biases(chunk, task * plan_.width);
      const int64_t d = (task - bias_tasks) / blocks * plan_.width, k = (task - bias_tasks) % blocks * block;
      plan_.kernels.add_products(scratch_.slopes + k, 1, plan_.stride, std::min(block, candidates - k),
                                 example_rows(chunk) + d * chunk.examples, chunk.examples,
                                 std::min(plan_.width, p_.dim - d), out_.sampled + (chunk.first + k) * p_.dim + d,
                                 p_.dim, chunk.example > 0);
    });
  }

 private:
  float* candidate_rows(int64_t chunk) const {
    return scratch_.candidate_rows + chunk * plan_.dim_panels * plan_.width;
  }

  void add_biases(const Chunk& chunk, int64_t k) {
    plan_.kernels.add_column_sums(scratch_.slopes + k, plan_.stride, chunk.examples,
                                  std::min(plan_.width, chunk.candidates() - k), out_.sampled_biases + chunk.first + k);
  }

  const float* example_rows(const Chunk& chunk) const {
    return inputs_in_place_ ? p_.inputs + chunk.example * p_.dim : scratch_.example_rows;
  }

  /// Packs the rows of examples [at, at + count) of the chunk.
  void pack_examples(const Chunk& chunk, int64_t at, int64_t count) {
    for (int64_t e = at; e < at + count; ++e) {
      // The inputs of an example without counted labels may be anything: 0 times NaN would be NaN.
      const bool constant = counted_labels(p_, chunk.example + e) == 0;
      scratch_.example_pointers[e] = constant ? scratch_.zero_row : p_.inputs + (chunk.example + e) * p_.dim;
    }
    plan_.kernels.pack_rows(ElementType::kFloat, scratch_.example_pointers + at, count, p_.dim,
                            scratch_.example_rows + at * plan_.width, chunk.examples * plan_.width);
  }

  const NceProblem& p_;
  SampledProducts sampled_;
  const Plan& plan_;
  const Scratch& scratch_;
  const float* loss_grad_;
  const NceGradients& out_;
  Executor& workers_;
  bool inputs_in_place_;  // whether they are a panel of pack_rows as they are
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
  if (p.batch == 0) std::fill_n(out.sampled, p.num_sampled * p.dim, 0.0f);
  std::fill_n(out.sampled_biases, p.num_sampled, 0.0f);

  // Chunks follow each other in a fixed order, so that every sum is the same for any threads.
  Backward backward(p, plan, scratch, loss_grad, out, plan.parallel ? executor : serial);
  backward.pack_candidates();
  for (int64_t example = 0; example < p.batch; example += plan.examples) {
    Chunk chunk{example, std::min(plan.examples, p.batch - example), 0, 0};
    do {
      chunk.last = std::min(chunk.first + plan.candidates, p.num_sampled);
      backward.examples(chunk);
      backward.candidates(chunk);
      chunk.first = chunk.last;
    } while (chunk.first < p.num_sampled);
  }
  // An example without counted labels has no part in what its slopes of 0 were multiplied by, which may be infinite.
  for (int64_t i = 0; i < p.batch; ++i) {
    if (counted_labels(p, i) > 0) continue;
    std::fill_n(out.inputs + i * p.dim, p.dim, 0.0f);
    if (out.loss != nullptr) out.loss[i] = 0;
  }
}

}  // namespace ortnce::kernels
