#include "kernels/cuda/nce_backward.h"

#include <algorithm>
#include <optional>

#include "kernels/cuda/class_sums.cuh"
#include "kernels/cuda/label_slopes.cuh"
#include "kernels/cuda/pair_kernels.h"
#include "kernels/cuda/run_params.cuh"
#include "kernels/cuda/slope_products.cuh"
#include "kernels/cuda/slopes.cuh"

namespace ortnce::kernels::cuda {
namespace {

bool sums_by_class(const DeviceNceGradients& out) { return out.weights != nullptr || out.biases != nullptr; }

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
  float* sampled;               // [S, D] where those of the weights are wanted
  double* sampled_biases;       // [S] where those of the biases are
  float* slopes;                // [chunk of examples, stride]
  int64_t stride;

  Scratch(const DeviceNceProblem& p, const DeviceNceGradients& out, const SlopeChunk& chunk, void* device,
          CheckedBytes* bytes) {
    const DeviceBatch& batch = p.batch;
    const int64_t size = p.sample.size;
    candidate_rows = bytes->take<const void*>(device, size);
    offsets = bytes->take<float>(device, size);
    example_rows = bytes->take<const void*>(device, batch.batch);
    example_grads = bytes->take<float>(device, batch.batch);
    counted = bytes->take<bool>(device, batch.batch);
    label_slopes = bytes->take<float>(device, batch.batch, batch.num_true);
    inputs = bytes->take<float>(device, batch.type == ElementType::kFloat ? 0 : batch.batch, batch.dim);
    sampled = bytes->take<float>(device, out.weights == nullptr ? 0 : size, batch.dim);
    sampled_biases = bytes->take<double>(device, out.biases == nullptr ? 0 : size);
    stride = ceil_div(std::min(size, chunk.candidates), kTile) * kTile;
    slopes = bytes->take<float>(device, std::min(batch.batch, chunk.examples), stride);
  }
};

/// The steps of one run, each after the one before; nothing more is queued after one that failed.
class Backward {
 public:
  Backward(const DeviceNceProblem& problem, const DeviceNceGradients& out, const SlopeChunk& chunk,
           const Upload& device, const Scratch& scratch, Stream stream)
      : p_(problem),
        batch_(problem.batch),
        out_(out),
        chunk_(chunk),
        device_(device),
        scratch_(scratch),
        stream_(stream),
        narrows_(batch_.type != ElementType::kFloat),
        inputs_grad_(narrows_ ? scratch.inputs : static_cast<float*>(out.inputs)),
        kernels_(kernels_of(batch_.type, batch_.classes.type, batch_.tf32)) {}

  Status labels(Reduction reduction, const float* loss_grad) const {
    const CandidateParams candidates{device_.candidates, device_.sampled_counts, p_.sample.size,
                                     scratch_.candidate_rows, scratch_.offsets};
    const int64_t divisor = reduction == Reduction::kMean ? std::max<int64_t>(batch_.counted_examples, 1) : 1;
    return kernels_.label_slopes(
        {label_params(batch_, device_), candidates, loss_grad, reduction == Reduction::kNone,
         static_cast<float>(divisor), scratch_.example_grads, scratch_.counted, scratch_.example_rows,
         scratch_.label_slopes, inputs_grad_},
        stream_);
  }

  /// All chunks of examples by candidates; without examples, whose sums are 0, one of none.
  Status candidates() const {
    for (int64_t first = 0; first < p_.sample.size; first += chunk_.candidates) {
      for (int64_t example = 0; example == 0 || example < batch_.batch; example += chunk_.examples) {
        const Status status = chunk(example, std::min(chunk_.examples, batch_.batch - example), first,
                                    std::min(chunk_.candidates, p_.sample.size - first));
        if (!status.ok()) return status;
      }
    }
    return {};
  }

  Status by_class(const IdGroups& groups, const UploadedGroups& uploaded) const {
    return kernels_.class_sums({groups.count(), uploaded.starts, uploaded.sources, batch_.batch * batch_.num_true,
                                batch_.num_true, batch_.dim, batch_.inputs, scratch_.label_slopes, scratch_.sampled,
                                scratch_.sampled_biases, out_.weights, out_.biases},
                               stream_);
  }

  Status narrow_inputs() const {
    if (!narrows_) return {};
    return kernels_.narrow({inputs_grad_, batch_.batch * batch_.dim, out_.inputs}, stream_);
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
         scratch_.candidate_rows + first, logits.dim, logits.rows_aligned, true, inputs_grad_ + example * batch_.dim,
         scratch_.counted + example},
        stream_);
    const bool add = example > 0;
    if (status.ok() && out_.weights != nullptr) {
      status = kernels_.multiply_inputs({scratch_.slopes, scratch_.stride, static_cast<int>(candidates),
                                         static_cast<int>(examples), scratch_.example_rows + example, logits.dim,
                                         logits.inputs_aligned, add, scratch_.sampled + first * batch_.dim},
                                        stream_);
    }
    if (status.ok() && out_.biases != nullptr) {
      status = sum_slopes(
          {scratch_.slopes, examples, candidates, scratch_.stride, add, scratch_.sampled_biases + first}, stream_);
    }
    return status;
  }

  const DeviceNceProblem& p_;
  const DeviceBatch& batch_;
  const DeviceNceGradients& out_;
  const SlopeChunk& chunk_;
  const Upload& device_;
  const Scratch& scratch_;
  Stream stream_;
  bool narrows_;
  float* inputs_grad_;  // [B, D]
  const PairKernels& kernels_;
};

}  // namespace

bool nce_backward_bytes(const DeviceNceProblem& problem, const IdGroups& groups, const DeviceNceGradients& out,
                        RunBytes* bytes, const SlopeChunk& chunk) {
  CheckedBytes sum;
  Upload(problem.batch, problem.sample, nullptr, &sum);
  if (sums_by_class(out)) UploadedGroups(groups, nullptr, &sum);
  bytes->host = sum.total();
  Scratch(problem, out, chunk, nullptr, &sum);
  bytes->device = sum.total();
  return sum.fits() && problem.batch.dim <= kMostDim;
}

Status nce_backward(const DeviceNceProblem& problem, Reduction reduction, const float* loss_grad,
                    const IdGroups& groups, const RunMemory& memory, Stream stream, const DeviceNceGradients& out,
                    const SlopeChunk& chunk) {
  CheckedBytes host_bytes, device_bytes;
  Upload(problem.batch, problem.sample, memory.host, &host_bytes).fill(problem.batch, problem.sample);
  const Upload device(problem.batch, problem.sample, memory.device, &device_bytes);
  std::optional<UploadedGroups> device_groups;
  if (sums_by_class(out)) {
    UploadedGroups(groups, memory.host, &host_bytes).fill(groups);
    device_groups.emplace(groups, memory.device, &device_bytes);
  }
  const Scratch scratch(problem, out, chunk, memory.device, &device_bytes);

  Status status = copy_to_device(memory.device, memory.host, host_bytes.total(), stream);
  const Backward run(problem, out, chunk, device, scratch, stream);
  if (status.ok()) status = run.labels(reduction, loss_grad);
  if (status.ok()) status = run.candidates();
  if (status.ok() && device_groups) status = run.by_class(groups, *device_groups);
  if (status.ok()) status = run.narrow_inputs();
  return status;
}

}  // namespace ortnce::kernels::cuda
