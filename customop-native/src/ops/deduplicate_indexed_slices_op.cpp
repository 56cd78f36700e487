// DeduplicateIndexedSlices: sums the rows of sparse gradients that belong to one id, as TensorFlow's
// _deduplicate_indexed_slices does; ids come out ascending.
#include <algorithm>
#include <string>
#include <vector>

#include "kernels/id_groups.h"
#include "kernels/indexed_slices.h"
#include "ops/custom_op.h"
#include "ops/message.h"
#include "ops/ops.h"

namespace ortnce::ops {
namespace {

constexpr const char* kName = "DeduplicateIndexedSlices";
constexpr size_t kIndices = 0, kValues = 1;

/// "1,2": the place of element `at` of a tensor.
std::string place_text(const std::vector<int64_t>& dims, int64_t at) {
  std::string text;
  for (size_t axis = dims.size(); axis-- > 0; at /= dims[axis]) {
    text = std::to_string(at % dims[axis]) + (text.empty() ? "" : "," + text);
  }
  return text;
}

class DeduplicateIndexedSlicesKernel {
 public:
  explicit DeduplicateIndexedSlicesKernel(const OrtKernelInfo* info) : memory_(cpu_memory()) {
    const std::vector<TensorSpec> declared = declared_inputs(info);
    check_inputs(declared.empty() ? TensorSpec{} : declared[kIndices],
                 declared.size() <= kValues ? TensorSpec{} : declared[kValues]);
  }

  void compute(RunContext& context) {
    const RunInputs inputs(context);
    const InputTensor &indices = inputs[kIndices], &values = inputs[kValues];
    check_inputs(indices.spec, values.spec);
    const std::vector<int64_t>& shape = values.spec.dims;
    const size_t rank = indices.spec.dims.size();
    const int64_t count = elements(kName, shape, 0, rank);
    const int64_t row_size = count == 0 ? 0 : elements(kName, shape, rank, shape.size());

    Workspace workspace;
    const size_t entries_at = workspace.reserve<kernels::IdGroups::Entry>(kernels::IdGroups::room(count));
    workspace.allocate(context, memory_.get(), kName);
    auto* const entries = workspace.at<kernels::IdGroups::Entry>(entries_at);
    if (indices.spec.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64) {
      read_indices(indices.as<int64_t>(), count, indices.spec, entries);
    } else {
      read_indices(indices.as<int32_t>(), count, indices.spec, entries);
    }
    const kernels::IdGroups groups(entries, count);

    std::vector<int64_t> summed_shape{groups.count()};
    summed_shape.insert(summed_shape.end(), shape.begin() + static_cast<std::ptrdiff_t>(rank), shape.end());
    int64_t* const unique_indices = context.output<int64_t>(0, {groups.count()});
    float* const summed_values = context.output<float>(1, summed_shape);
    groups.write_ids(unique_indices);
    kernels::sum_slices(groups, values.as<float>(), row_size, context, summed_values);
  }

 private:
  static void check_inputs(const TensorSpec& indices, const TensorSpec& values) {
    if (!indices.present) invalid(format("%s: indices is missing", kName));
    if (!values.present) invalid(format("%s: values is missing", kName));
    expect_id_type(kName, indices, "indices");
    expect_type(kName, values, "values", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
    if (!indices.rank_known) return;
    if (indices.dims.empty()) invalid(format("%s: indices must have rank >= 1, got a scalar", kName));
    if (!values.rank_known) return;
    bool matches = indices.dims.size() <= values.dims.size();
    for (size_t axis = 0; matches && axis < indices.dims.size(); ++axis) {
      const int64_t wanted = indices.dims[axis], found = values.dims[axis];
      matches = wanted < 0 || found < 0 || wanted == found;
    }
    if (!matches) {
      invalid(format("%s: the shape of values must begin with that of indices, %s, got %s", kName,
                     shape_text(indices.dims).c_str(), shape_text(values.dims).c_str()));
    }
  }

  /// Copies the indices, once, and checks the copies.
  template <class T>
  static void read_indices(const T* indices, int64_t count, const TensorSpec& spec, kernels::IdGroups::Entry* entries) {
    for (int64_t k = 0; k < count; ++k) {
      entries[k] = {indices[k], k};
      if (entries[k].id >= 0) continue;
      invalid(format("%s: indices[%s] = %lld is negative, expected >= 0", kName, place_text(spec.dims, k).c_str(),
                     printable(entries[k].id)));
    }
  }

  MemoryInfo memory_;
};

}  // namespace

OpOfRuntime deduplicate_indexed_slices_op(const OrtApi& runtime_api) {
  constexpr auto kRequired = INPUT_OUTPUT_REQUIRED;
  return op_of_runtime<DeduplicateIndexedSlicesKernel>(runtime_api, {
      kName,
      {kRequired, kRequired},
      {{ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, kRequired}, {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kRequired}},
  });
}

}  // namespace ortnce::ops
