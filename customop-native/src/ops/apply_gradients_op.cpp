// ApplyGradients: one step of an optimizer, as the apply_gradients of tf.keras.optimizers. Inputs: 0
// coefficients, 1 loss (optional), then for each parameter its value, its slots and its gradient: one
// tensor of its shape, or indices [U] and values [U, row...]. Outputs: for each parameter its new value
// and slots.
//
// A caller that gives an output the memory of its input has it updated in place, at a cost that does not
// depend on the size of the parameter; otherwise the input is copied first.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernels/optimizer_step.h"
#include "ops/attributes.h"
#include "ops/custom_op.h"
#include "ops/message.h"
#include "ops/ops.h"

namespace ortnce::ops {
namespace {

constexpr const char* kName = "ApplyGradients";
constexpr size_t kCoefficients = 0, kLoss = 1, kFirstParameter = 2;

using kernels::OptimizerRule;

/// Where the tensors of a parameter are among the inputs.
struct ParameterInputs {
  size_t value;     // then its slots
  size_t indices;   // 0 for a dense gradient
  size_t gradient;
};

/// What a message calls a tensor of parameter `p`.
std::string name_of(const char* role, size_t p) { return std::string(role) + " of parameter " + std::to_string(p); }

int64_t elements(const InputTensor& tensor) { return ops::elements(kName, tensor.spec.dims); }

class ApplyGradientsKernel {
 public:
  explicit ApplyGradientsKernel(const OrtKernelInfo* info)
      : rule_(static_cast<OptimizerRule>(
            Attributes(kName, info).choice("rule", {"sgd", "momentum", "nesterov", "adagrad", "adam"}))),
        slots_(static_cast<size_t>(kernels::slot_count(rule_))),
        memory_(cpu_memory()) {
    const std::vector<TensorSpec> declared = declared_inputs(info);
    parameters_ = check_inputs(pointers(declared));
    size_t outputs = 0;
    check(api().KernelInfo_GetOutputCount(info, &outputs));
    if (outputs != parameters_.size() * (1 + slots_)) {
      invalid(format("%s: %zu parameters with %zu slots each have %zu outputs, got %zu", kName, parameters_.size(),
                     slots_, parameters_.size() * (1 + slots_), outputs));
    }
  }

  void compute(RunContext& context) {
    const RunInputs inputs(context);
    check_inputs(specs_of(inputs.all()));
    Workspace workspace;
    std::vector<size_t> copies;
    for (const ParameterInputs& one : parameters_) {
      copies.push_back(workspace.reserve<int64_t>(one.indices == 0 ? 0 : inputs[one.indices].spec.dims[0]));
    }
    workspace.allocate(context, memory_.get(), kName);
    for (size_t p = 0; p < parameters_.size(); ++p) {
      if (parameters_[p].indices != 0) read_indices(inputs, p, workspace.at<int64_t>(copies[p]));
    }

    std::vector<kernels::ParameterUpdate> updates;
    for (size_t p = 0; p < parameters_.size(); ++p) {
      updates.push_back(update(context, inputs, p, workspace.at<int64_t>(copies[p])));
    }
    if (!is_finite(inputs[kLoss])) return;
    kernels::apply_gradients(rule_, inputs[kCoefficients].as<float>(), updates, context);
  }

 private:
  /// Checks what is known of types and shapes, and finds the parameters.
  std::vector<ParameterInputs> check_inputs(const std::vector<const TensorSpec*>& specs) const {
    const auto spec = [&](size_t i) { return i < specs.size() ? *specs[i] : TensorSpec{}; };
    if (!spec(kCoefficients).present) invalid(format("%s: coefficients is missing", kName));
    for (const auto& [input, name] : {std::pair{kCoefficients, "coefficients"}, {kLoss, "loss"}}) {
      expect_type(kName, spec(input), name, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
    }
    expect_shape(kName, spec(kCoefficients), "coefficients", "[coefficients of the rule]",
                 {kernels::coefficient_count(rule_)});
    std::vector<ParameterInputs> parameters;
    for (size_t at = kFirstParameter; at < specs.size();) {
      const size_t p = parameters.size(), after_slots = at + 1 + slots_;
      const bool sparse = spec(after_slots).type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
      const ParameterInputs one{at, sparse ? after_slots : 0, after_slots + (sparse ? 1 : 0)};
      check_parameter(spec, one, p);
      parameters.push_back(one);
      at = one.gradient + 1;
    }
    return parameters;
  }

  template <class Spec>
  void check_parameter(const Spec& spec, const ParameterInputs& one, size_t p) const {
    const TensorSpec& value = spec(one.value);
    expect_float(value, "value", p);
    if (value.rank_known && value.dims.empty()) {
      invalid(format("%s: %s must have rank >= 1, got a scalar", kName, name_of("value", p).c_str()));
    }
    for (size_t s = 1; s <= slots_; ++s) expect_float(spec(one.value + s), "slot", p, &value);
    const TensorSpec& gradient = spec(one.gradient);
    if (one.indices == 0) return expect_float(gradient, "gradient", p, &value);
    const TensorSpec& indices = spec(one.indices);
    expect_shape(kName, indices, name_of("indices", p).c_str(), "[U]", {-1});
    TensorSpec rows = value;
    if (rows.rank_known) rows.dims[0] = indices.dim(0);
    expect_float(gradient, "gradient values", p, &rows);
  }

  static void expect_float(const TensorSpec& spec, const char* role, size_t p, const TensorSpec* like = nullptr) {
    const std::string name = name_of(role, p);
    if (!spec.present) invalid(format("%s: %s is missing", kName, name.c_str()));
    expect_type(kName, spec, name.c_str(), ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
    if (like != nullptr && like->rank_known) {
      expect_shape(kName, spec, name.c_str(), "of the parameter's value", like->dims);
    }
  }

  /// Copies the indices of parameter p, once, and checks the copies, which are what the run uses.
  void read_indices(const RunInputs& inputs, size_t p, int64_t* ids) const {
    const InputTensor& indices = inputs[parameters_[p].indices];
    const int64_t count = indices.spec.dims[0], rows = inputs[parameters_[p].value].spec.dims[0];
    std::copy_n(indices.as<int64_t>(), count, ids);
    for (int64_t k = 0; k < count; ++k) {
      if (ids[k] < 0 || ids[k] >= rows) {
        invalid(format("%s: indices[%lld] of parameter %zu = %lld is outside [0, %lld)", kName, printable(k), p,
                       printable(ids[k]), printable(rows)));
      }
      if (k > 0 && ids[k] <= ids[k - 1]) {
        invalid(format("%s: indices[%lld] of parameter %zu = %lld is not above the one before, %lld: expected "
                       "ascending, unique indices",
                       kName, printable(k), p, printable(ids[k]), printable(ids[k - 1])));
      }
    }
  }

  /// The outputs of parameter p, with the content of its inputs.
  kernels::ParameterUpdate update(const RunContext& context, const RunInputs& inputs, size_t p,
                                  const int64_t* row_ids) const {
    const ParameterInputs& places = parameters_[p];
    const std::vector<int64_t>& dims = inputs[places.value].spec.dims;
    kernels::ParameterUpdate update;
    update.value = moved(context, inputs, places.value, p * (1 + slots_));
    for (size_t s = 0; s < slots_; ++s) {
      update.slots[s] = moved(context, inputs, places.value + 1 + s, p * (1 + slots_) + 1 + s);
    }
    update.gradient = inputs[places.gradient].as<float>();
    update.row_ids = places.indices == 0 ? nullptr : row_ids;
    update.count = places.indices == 0 ? dims[0] : inputs[places.indices].spec.dims[0];
    update.row_size = update.count == 0 ? 0 : ops::elements(kName, dims, 1, dims.size());
    return update;
  }

  static float* moved(const RunContext& context, const RunInputs& inputs, size_t input, size_t output) {
    const InputTensor& from = inputs[input];
    float* const to = context.output<float>(output, from.spec.dims);
    const int64_t count = elements(from);
    // Tensors of no elements may have no memory.
    if (to == nullptr && count > 0) invalid(format("%s: output %zu is required", kName, output));
    if (to != from.as<float>()) std::copy_n(from.as<float>(), count, to);
    return to;
  }

  static bool is_finite(const InputTensor& loss) {
    if (!loss.spec.present) return true;
    const auto* const values = loss.as<float>();
    return std::all_of(values, values + elements(loss), [](float x) { return std::isfinite(x); });
  }

  OptimizerRule rule_;
  size_t slots_;
  MemoryInfo memory_;
  std::vector<ParameterInputs> parameters_;
};

}  // namespace

OpOfRuntime apply_gradients_op(const OrtApi& runtime_api) {
  constexpr auto kRequired = INPUT_OUTPUT_REQUIRED, kOptional = INPUT_OUTPUT_OPTIONAL, kVariadic = INPUT_OUTPUT_VARIADIC;
  return op_of_runtime<ApplyGradientsKernel>(runtime_api, {
      kName,
      {kRequired, kOptional, kVariadic},
      {{ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, kVariadic}},
  });
}

}  // namespace ortnce::ops
