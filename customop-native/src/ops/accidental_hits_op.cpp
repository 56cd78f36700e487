// ComputeAccidentalHits, as tf.nn.compute_accidental_hits but for equal candidates: all are listed.
#include <algorithm>
#include <cfloat>
#include <climits>
#include <optional>

#include "kernels/candidate_index.h"
#include "ops/custom_op.h"
#include "ops/message.h"
#include "ops/ops.h"
#include "ops/sampler_contract.h"
#include "sampling/id_set.h"

namespace ortnce::ops {
namespace {

constexpr const char* kName = "ComputeAccidentalHits";
constexpr size_t kTrueClasses = 0, kSampledCandidates = 1;
constexpr int64_t kAnyId = INT64_MAX;

class AccidentalHitsKernel {
 public:
  explicit AccidentalHitsKernel(const OrtKernelInfo* info) : memory_(cpu_memory()) {
    const Attributes attributes(kName, info);
    const std::optional<int64_t> num_true = attributes.integer("num_true");
    if (!num_true || *num_true < 1) {
      invalid(num_true ? format("%s: attribute num_true must be >= 1, got %lld", kName, printable(*num_true))
                       : format("%s: attribute num_true is missing", kName));
    }
    num_true_ = *num_true;
    ignore_index_ = attributes.integer("ignore_index");
    const std::vector<TensorSpec> declared = declared_inputs(info);
    check_shapes(declared.empty() ? TensorSpec{} : declared[0], declared.size() < 2 ? TensorSpec{} : declared[1]);
  }

  void compute(RunContext& context) {
    const RunInputs inputs(context);
    const InputTensor &true_classes = inputs[kTrueClasses], &sampled = inputs[kSampledCandidates];
    check_shapes(true_classes.spec, sampled.spec);
    const int64_t batch = true_classes.spec.dim(0), num_sampled = sampled.spec.dim(0);
    if (batch > INT_MAX) {
      invalid(format("%s: true_classes must have at most %d rows, got %lld", kName, INT_MAX, printable(batch)));
    }
    Workspace workspace;
    const int64_t labels_count = elements(kName, true_classes.spec.dims);
    const size_t labels_at = workspace.reserve<int64_t>(labels_count);
    const size_t set_at =
        workspace.reserve<unsigned char>(static_cast<int64_t>(sampling::IdSet::bytes(kAnyId, labels_count)));
    const size_t entries_at = workspace.reserve<kernels::CandidateIndex::Entry>(num_sampled);
    workspace.allocate(context, memory_.get(), kName);
    int64_t* const labels = workspace.at<int64_t>(labels_at);
    sampling::IdSet targets(workspace.at<void>(set_at), kAnyId, labels_count);
    for (int64_t at = 0; at < labels_count; ++at) {
      labels[at] = true_classes.as<int64_t>()[at];
      if (ignored(labels[at])) continue;
      if (labels[at] < 0) {
        invalid(format("%s: true_classes[%lld,%lld] = %lld must be >= 0", kName, printable(at / num_true_),
                       printable(at % num_true_), printable(labels[at])));
      }
      targets.insert(labels[at]);
    }
    // Most candidates are the target of nobody: only the others are worth sorting.
    auto* const entries = workspace.at<kernels::CandidateIndex::Entry>(entries_at);
    int64_t count = 0;
    for (int64_t k = 0; k < num_sampled; ++k) {
      const int64_t id = sampled.as<int64_t>()[k];
      if (id < 0) {
        invalid(format("%s: sampled_candidates[%lld] = %lld must be >= 0", kName, printable(k), printable(id)));
      }
      if (targets.contains(id)) entries[count++] = {id, k};
    }
    const kernels::CandidateIndex index(entries, count);

    int64_t hits = 0;
    for (int64_t at = 0; at < labels_count; ++at) {
      hits += hits_of(index, labels[at]).size();
      if (hits > INT_MAX) {
        invalid(format("%s: there must be at most %d hits, got %lld up to true_classes[%lld,%lld]", kName, INT_MAX,
                       printable(hits), printable(at / num_true_), printable(at % num_true_)));
      }
    }
    int32_t* indices = context.output<int32_t>(0, {hits});
    int64_t* ids = context.output<int64_t>(1, {hits});
    float* const weights = context.output<float>(2, {hits});
    std::fill_n(weights, hits, -FLT_MAX);
    for (int64_t at = 0; at < labels_count; ++at) {
      const Hits found = hits_of(index, labels[at]);
      indices = std::fill_n(indices, found.size(), static_cast<int32_t>(at / num_true_));
      for (const auto* entry = found.begin; entry != found.end; ++entry) *ids++ = entry->position;
    }
  }

 private:
  bool ignored(int64_t label) const { return ignore_index_ && label == *ignore_index_; }

  void check_shapes(const TensorSpec& true_classes, const TensorSpec& sampled) const {
    check_true_classes(kName, true_classes, num_true_);
    if (!sampled.present) invalid(format("%s: sampled_candidates is missing", kName));
    expect_type(kName, sampled, "sampled_candidates", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64);
    expect_shape(kName, sampled, "sampled_candidates", "[num_sampled]", {-1});
  }

  /// The candidates that equal one label, by position.
  struct Hits {
    const kernels::CandidateIndex::Entry* begin = nullptr;
    const kernels::CandidateIndex::Entry* end = nullptr;
    int64_t size() const { return end - begin; }
  };

  /// Found by bisection: counting many hits must not take long.
  Hits hits_of(const kernels::CandidateIndex& index, int64_t label) const {
    const auto* const begin = ignored(label) ? nullptr : index.find(label, 0);
    if (begin == nullptr) return {};
    const auto after = [](int64_t id, const kernels::CandidateIndex::Entry& entry) { return id < entry.id; };
    return {begin, std::upper_bound(begin, index.end(), label, after)};
  }

  int64_t num_true_ = 1;
  std::optional<int64_t> ignore_index_;
  MemoryInfo memory_;
};

}  // namespace

OpOfRuntime accidental_hits_op(const OrtApi& runtime_api) {
  constexpr auto kRequired = INPUT_OUTPUT_REQUIRED;
  return op_of_runtime<AccidentalHitsKernel>(runtime_api, {
      kName,
      {kRequired, kRequired},
      {{ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, kRequired},
       {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, kRequired},
       {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kRequired}},
  });
}

}  // namespace ortnce::ops
