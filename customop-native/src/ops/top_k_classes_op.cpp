// TopKClasses: the k classes of the greatest logits of every example, exactly.
#include <vector>

#include "kernels/top_k_classes.h"
#include "ops/custom_op.h"
#include "ops/message.h"
#include "ops/ops.h"
#include "ops/output_layer.h"

namespace ortnce::ops {
namespace {

constexpr const char* kName = "TopKClasses";
constexpr size_t kInputs = 0, kBiases = 1, kWeights = 2;

/// The sizes of a problem; -1 = not known before it runs.
struct Sizes {
  int64_t batch;
  int64_t dim;
  int64_t num_classes;
};

class TopKClassesKernel {
 public:
  explicit TopKClassesKernel(const OrtKernelInfo* info)
      : layer_(kName, Attributes(kName, info)), memory_(cpu_memory()) {
    const Attributes attributes(kName, info);
    const std::optional<int64_t> k = attributes.integer("k");
    if (!k) invalid(format("%s: attribute k is missing", kName));
    if (*k < 1) invalid(format("%s: k must be >= 1, got %lld", kName, printable(*k)));
    k_ = *k;
    class_begin_ = attributes.integer("class_begin", 0);
    if (class_begin_ < 0) {
      invalid(format("%s: class_begin must be >= 0, got %lld", kName, printable(class_begin_)));
    }
    const std::vector<TensorSpec> declared = declared_inputs(info);
    check(pointers(declared));
  }

  void compute(RunContext& context) {
    const RunInputs inputs(context);
    const Sizes sizes = check(specs_of(inputs.all()));
    const kernels::ClassTable table =
        class_table(inputs.all(), kWeights, layer_.partition_strategy, sizes.dim, inputs[kBiases]);
    kernels::TopKProblem problem;
    problem.batch = sizes.batch;
    problem.dim = sizes.dim;
    problem.classes = sizes.num_classes;
    problem.k = k_;
    problem.inputs = {element_type(inputs[kInputs].spec), inputs[kInputs].data};
    problem.table = &table;

    Workspace workspace;
    kernels::TopKClasses search(problem);
    size_t bytes = 0;
    if (!search.workspace(&bytes)) bytes = SIZE_MAX;
    const size_t search_at = workspace.reserve_bytes(bytes);
    workspace.allocate(context, memory_.get(), kName);
    int64_t* const ids = context.output<int64_t>(0, {sizes.batch, k_});
    float* const logits = context.output<float>(1, {sizes.batch, k_});
    search.run(workspace.at<void>(search_at), context, ids, logits);
    for (int64_t at = 0; class_begin_ > 0 && at < sizes.batch * k_; ++at) ids[at] += class_begin_;
  }

 private:
  /// Checks types and shapes as far as they are known.
  Sizes check(const std::vector<const TensorSpec*>& in) const {
    const WeightsContract weights(kName, in, kWeights);
    weights.check_given();
    if (!in[kInputs]->present) invalid(format("%s: inputs is missing", kName));
    weights.check_types(*in[kInputs], *in[kBiases]);
    expect_shape(kName, *in[kInputs], "inputs", "[batch, dim]", {-1, -1});
    const int64_t dim = in[kInputs]->dim(1);
    const int64_t rows = weights.check_partitions(layer_.partition_strategy, dim);
    const int64_t num_classes = check_num_classes(kName, layer_.num_classes, rows);
    if (num_classes > 0 && class_begin_ > INT64_MAX - num_classes) {
      invalid(format("%s: class_begin must be at most 2^63 - 1 - num_classes, got %lld with num_classes = %lld", kName,
                     printable(class_begin_), printable(num_classes)));
    }
    check_biases(kName, *in[kBiases], num_classes, rows);
    if (num_classes >= 0 && k_ > num_classes) {
      invalid(
          format("%s: k must be at most num_classes = %lld, got %lld", kName, printable(num_classes), printable(k_)));
    }
    return {in[kInputs]->dim(0), dim, num_classes};
  }

  OutputLayerAttributes layer_;
  int64_t k_ = 0;
  int64_t class_begin_ = 0;
  MemoryInfo memory_;
};

}  // namespace

OpOfRuntime top_k_classes_op(const OrtApi& runtime_api) {
  constexpr auto kRequired = INPUT_OUTPUT_REQUIRED;
  return op_of_runtime<TopKClassesKernel>(runtime_api, {
      kName,
      {kRequired, INPUT_OUTPUT_OPTIONAL, INPUT_OUTPUT_VARIADIC},
      {{ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, kRequired}, {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kRequired}},
  });
}

}  // namespace ortnce::ops
