#include "kernels/cuda/nce_backward.h"

#include <algorithm>

#include "kernels/cuda/class_sums.cuh"
#include "kernels/cuda/label_slopes.cuh"
#include "kernels/cuda/pair_kernels.h"
#include "kernels/cuda/run_params.cuh"
#include "kernels/cuda/slope_products.cuh"
#include "kernels/cuda/slopes.cuh"

namespace ortnce::kernels::cuda {
namespace {

/// Slopes are kept for so many examples and candidates at a time, 32 MiB: they stay in the second-level
/// cache of a large device, and kept they cost one matrix product less than logits that are computed again
/// for the second use.
constexpr int64_t kChunkExamples = 4096, kChunkCandidates = 2048;

Sample sample_of(const DeviceNceProblem& p) {
  return {false, p.num_sampled, p.candidates, p.true_counts, p.sampled_counts};
}

/// The groups in the uploaded block, behind Upload.
struct UploadedGroups {
  int64_t* starts;   // [U + 1]
  int64_t* sources;  // [occurrences]

  UploadedGroups(const IdGroups& groups, void* block, CheckedBytes* bytes) {
    starts = bytes->take<int64_t>(block, groups.count() + 1);
    sources = bytes->take<int64_t>(block, groups.occurrences());
  }

  void fill(const IdGroups& groups) const {
    int64_t at = 0;
    for (int64_t group = 0; group < groups.count(); ++group) {
      starts[group] = at;
      for (const auto* entry = groups.begin(group); entry != groups.end(group); ++entry) sources[at++] = entry->source;
    }
    starts[groups.count()] = at;
  }
};

/// What lies in device memory behind the uploaded block.
struct Scratch {
  const void** candidate_rows;  // [S]
  float* offsets;               // [S]
  const void** example_rows;    // [B]
  float* example_grads;         // [B]
  bool* counted;                // [B]
  float* label_slopes;          // [B, T]
  float* inputs;                // [B, D] where the inputs are no floats
  float* sampled;               // [S, D]
  double* sampled_biases;       // [S]
  float* slopes;                // [chunk of examples, stride]
  int64_t stride;

  Scratch(const DeviceNceProblem& p, void* device, CheckedBytes* bytes) {
    const DeviceBatch& batch = p.batch;
    candidate_rows = bytes->take<const void*>(device, p.num_sampled);
    offsets = bytes->take<float>(device, p.num_sampled);
    example_rows = bytes->take<const void*>(device, batch.batch);
    example_grads = bytes->take<float>(device, batch.batch);
    counted = bytes->take<bool>(device, batch.batch);
    label_slopes = bytes->take<float>(device, batch.batch, batch.num_true);
    inputs = bytes->take<float>(device, batch.type == ElementType::kFloat ? 0 : batch.batch, batch.dim);
    sampled = bytes->take<float>(device, p.num_sampled, batch.dim);
    sampled_biases = bytes->take<double>(device, p.num_sampled);
    stride = ceil_div(std::min(p.num_sampled, kChunkCandidates), kTile) * kTile;
    slopes = bytes->take<float>(device, std::min(batch.batch, kChunkExamples), stride);
  }
};

/// The steps of one run, each after the one before; nothing more is queued after one that failed.
class Backward {
 public:
  Backward(const DeviceNceProblem& problem, const Upload& device, const Scratch& scratch, Stream stream,
           float* inputs_grad)
      : p_(problem),
        batch_(problem.batch),
        device_(device),
        scratch_(scratch),
        stream_(stream),
        inputs_grad_(inputs_grad),
        kernels_(kernels_of(batch_.type, batch_.classes.type, batch_.tf32)) {}

  Status labels(Reduction reduction, const float* loss_grad) const {
    const CandidateParams candidates{device_.candidates, device_.sampled_counts, p_.num_sampled,
                                     scratch_.candidate_rows, scratch_.offsets};
    const int64_t counted = reduction == Reduction::kMean ? counted_examples(batch_) : 1;
    return kernels_.label_slopes({label_params(batch_, device_), candidates, loss_grad, reduction == Reduction::kNone,
                                  static_cast<float>(std::max<int64_t>(counted, 1)), scratch_.example_grads,
                                  scratch_.counted, scratch_.example_rows, scratch_.label_slopes, inputs_grad_},
                                 stream_);
  }

  /// All chunks of examples by candidates; without examples, whose sums are 0, one of none.
  Status candidates() const {
    for (int64_t first = 0; first < p_.num_sampled; first += kChunkCandidates) {
      for (int64_t example = 0; example == 0 || example < batch_.batch; example += kChunkExamples) {
        const Status status = chunk(example, std::min(kChunkExamples, batch_.batch - example), first,
                                    std::min(kChunkCandidates, p_.num_sampled - first));
        if (!status.ok()) return status;
      }
    }
    return {};
  }

  Status by_class(const IdGroups& groups, const UploadedGroups& uploaded, const DeviceNceGradients& out) const {
    return kernels_.class_sums(
        {groups.count(), uploaded.starts, uploaded.sources, batch_.batch * batch_.num_true, batch_.num_true, batch_.dim,
         batch_.inputs, scratch_.label_slopes, scratch_.sampled, scratch_.sampled_biases, out.weights, out.biases},
        stream_);
  }

  Status narrow_inputs(void* to) const {
    return kernels_.narrow({inputs_grad_, batch_.batch * batch_.dim, to}, stream_);
  }

 private:
  /// Examples [example, example + examples) by candidates [first, first + candidates).
  Status chunk(int64_t example, int64_t examples, int64_t first, int64_t candidates) const {
    const ClassLayer layer = layer_of(batch_, device_);
    const Columns columns{candidates, device_.candidates + first, scratch_.candidate_rows + first,
                          scratch_.offsets + first, layer};
    LogitsParams logits = logits_params(batch_, device_, columns, p_.mask_hits);
    logits.inputs += example * batch_.dim * element_bytes(batch_.type);
    logits.batch = logits.masked.batch = examples;
    if (logits.masked.ids != nullptr) logits.masked.ids += example * batch_.num_true;
    const ColumnPlan plan(examples, candidates);
    logits.slice_tiles = plan.slice_tiles;
    Status status = kernels_.slopes(
        {logits, scratch_.example_grads + example, scratch_.counted + example, scratch_.slopes, scratch_.stride},
        plan.slices, stream_);
    if (!status.ok()) return status;

    status = kernels_.multiply_embeddings(
        {scratch_.slopes, scratch_.stride, static_cast<int>(examples), static_cast<int>(candidates),
         scratch_.candidate_rows + first, logits.dim, logits.rows_aligned, true, inputs_grad_ + example * batch_.dim},
        stream_);
    if (!status.ok()) return status;
    const bool add = example > 0;
    status = kernels_.multiply_inputs({scratch_.slopes, scratch_.stride, static_cast<int>(candidates),
                                       static_cast<int>(examples), scratch_.example_rows + example, logits.dim,
                                       logits.inputs_aligned, add, scratch_.sampled + first * batch_.dim},
                                      stream_);
    if (!status.ok()) return status;
    return sum_slopes({scratch_.slopes, examples, candidates, scratch_.stride, add, scratch_.sampled_biases + first},
                      stream_);
  }

  const DeviceNceProblem& p_;
  const DeviceBatch& batch_;
  const Upload& device_;
  const Scratch& scratch_;
  Stream stream_;
  float* inputs_grad_;  // [B, D]
  const PairKernels& kernels_;
};

}  // namespace

bool nce_backward_bytes(const DeviceNceProblem& problem, const IdGroups& groups, RunBytes* bytes) {
  CheckedBytes sum;
  Upload(problem.batch, sample_of(problem), nullptr, &sum);
  UploadedGroups(groups, nullptr, &sum);
  bytes->host = sum.total();
  Scratch(problem, nullptr, &sum);
  bytes->device = sum.total();
  return sum.fits() && problem.batch.dim <= kMostDim;
}

Status nce_backward(const DeviceNceProblem& problem, Reduction reduction, const float* loss_grad,
                    const IdGroups& groups, const RunMemory& memory, Stream stream, const DeviceNceGradients& out) {
  const Sample sample = sample_of(problem);
  CheckedBytes host_bytes, device_bytes;
  Upload(problem.batch, sample, memory.host, &host_bytes).fill(problem.batch, sample);
  UploadedGroups(groups, memory.host, &host_bytes).fill(groups);
  const Upload device(problem.batch, sample, memory.device, &device_bytes);
  const UploadedGroups device_groups(groups, memory.device, &device_bytes);
  const Scratch scratch(problem, memory.device, &device_bytes);
  const bool narrows = problem.batch.type != ElementType::kFloat;

  Status status = copy_to_device(memory.device, memory.host, host_bytes.total(), stream);
  const Backward run(problem, device, scratch, stream, narrows ? scratch.inputs : static_cast<float*>(out.inputs));
  if (status.ok()) status = run.labels(reduction, loss_grad);
  if (status.ok()) status = run.candidates();
  if (status.ok()) status = run.by_class(groups, device_groups, out);
  if (status.ok() && narrows) status = run.narrow_inputs(out.inputs);
  return status;
}

}  // namespace ortnce::kernels::cuda
