// ComputeAccidentalHits, DeduplicateIndexedSlices and ApplyGradients.
#include <cfloat>
#include <cmath>
#include <map>

#include "oracle/oracle.h"
#include "oracle/views.h"

namespace ortnce::test {
namespace {

/// One element of an update rule, operation by operation; `p`: the value, then its slots.
void update(const std::string& rule, const std::vector<float>& c, float g, float* p) {
  if (rule == "sgd") {
    p[0] -= g * c[0];
  } else if (rule == "momentum" || rule == "nesterov") {
    p[1] = p[1] * c[1] - g * c[0];
    p[0] += rule == "momentum" ? p[1] : p[1] * c[1] - g * c[0];
  } else if (rule == "adagrad") {
    p[1] += g * g;
    p[0] -= c[0] * g / std::sqrt(p[1] + c[1]);
  } else {
    p[1] += (g - p[1]) * c[1];
    p[2] += (g * g - p[2]) * c[2];
    p[0] -= p[1] * c[0] / (std::sqrt(p[2]) + c[3]);
  }
}

bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

void check_accidental_hits(const OpNode& node, const OpResult& result) {
  const std::vector<int64_t> labels = ids_of(node.inputs[0]), sampled = ids_of(node.inputs[1]);
  const int64_t num_true = node.integer("num_true", 0);
  std::vector<int32_t> indices;
  std::vector<int64_t> ids;
  for (size_t at = 0; at < labels.size(); ++at) {
    if (node.has_integer("ignore_index") && labels[at] == node.integer("ignore_index", 0)) continue;
    require(labels[at] >= 0, "a negative class was accepted");
    for (size_t k = 0; k < sampled.size(); ++k) {
      if (sampled[k] != labels[at]) continue;
      indices.push_back(static_cast<int32_t>(static_cast<int64_t>(at) / num_true));
      ids.push_back(static_cast<int64_t>(k));
    }
  }
  for (const int64_t id : sampled) require(id >= 0, "a negative candidate was accepted");
  const std::vector<int64_t> dims{static_cast<int64_t>(ids.size())};
  if (has_shape(result.outputs[0], dims)) require(result.outputs[0].numbers<int32_t>() == indices, "indices are wrong");
  if (has_shape(result.outputs[1], dims)) require(ids_of(result.outputs[1]) == ids, "ids are wrong");
  if (!has_shape(result.outputs[2], dims)) return;
  for (const float weight : result.outputs[2].numbers<float>()) require(weight == -FLT_MAX, "a weight is wrong");
}

void check_deduplicate(const OpNode& node, const OpResult& result) {
  const std::vector<int64_t> ids = ids_of(node.inputs[0]);
  const std::vector<double> values = numbers_of(node.inputs[1]);
  const std::vector<int64_t>& shape = node.inputs[1].dims;
  const size_t row_size = ids.empty() ? 0 : values.size() / ids.size();
  struct Element {
    double sum = 0, magnitude = 0;
    double terms = 0;
  };
  std::map<int64_t, std::vector<Element>> rows;
  for (size_t k = 0; k < ids.size(); ++k) {
    require(ids[k] >= 0, "a negative index was accepted");
    std::vector<Element>& row = rows[ids[k]];
    row.resize(row_size);
    for (size_t d = 0; d < row_size; ++d) {
      row[d].sum += values[k * row_size + d];
      row[d].magnitude += std::fabs(values[k * row_size + d]);
      row[d].terms += 1;
    }
  }
  std::vector<int64_t> unique, summed_shape{static_cast<int64_t>(rows.size())};
  for (const auto& [id, row] : rows) unique.push_back(id);
  for (size_t axis = node.inputs[0].dims.size(); axis < shape.size(); ++axis) summed_shape.push_back(shape[axis]);
  if (has_shape(result.outputs[0], {summed_shape[0]})) require(ids_of(result.outputs[0]) == unique, "ids are wrong");
  if (!has_shape(result.outputs[1], summed_shape)) return;
  const std::vector<double> found = numbers_of(result.outputs[1]);
  size_t at = 0;
  for (const auto& [id, row] : rows) {
    for (const Element& element : row) {
      if (element.magnitude < kTame) {
        require_within(found[at], element.sum, element.terms * kUnit * element.magnitude, "values",
                       static_cast<int64_t>(at));
      }
      ++at;
    }
  }
}

void check_apply_gradients(const OpNode& node, const OpResult& result) {
  const std::string rule = node.text("rule", "sgd");
  const size_t slots = rule == "sgd" ? 0 : rule == "adam" ? 2 : 1;
  const std::vector<float> coefficients = node.inputs[0].numbers<float>();
  bool applied = true;  // a loss that is not finite makes no step
  if (node.has_input(1)) {
    for (const float loss : node.input(1).numbers<float>()) applied = applied && std::isfinite(loss);
  }
  size_t output = 0;
  for (size_t at = 2; at < node.inputs.size();) {
    const std::vector<int64_t>& dims = node.inputs[at].dims;
    std::vector<std::vector<float>> state;
    for (size_t s = 0; s <= slots; ++s) state.push_back(node.input(at++).numbers<float>());
    std::vector<int64_t> rows;
    if (node.input(at).type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64) {
      rows = ids_of(node.input(at++));
    } else {
      for (int64_t row = 0; row < dims.at(0); ++row) rows.push_back(row);
    }
    const std::vector<float> gradient = node.input(at++).numbers<float>();
    const size_t row_size = dims.at(0) == 0 ? 0 : state[0].size() / static_cast<size_t>(dims[0]);
    for (size_t k = 0; k < rows.size(); ++k) {
      require(rows[k] >= 0 && rows[k] < dims[0], "a row outside of the parameter was accepted");
      require(k == 0 || rows[k] > rows[k - 1], "rows out of order were accepted");
      for (size_t d = 0; applied && d < row_size; ++d) {
        const size_t element = static_cast<size_t>(rows[k]) * row_size + d;
        float one[3] = {};
        for (size_t s = 0; s <= slots; ++s) one[s] = state[s].at(element);
        update(rule, coefficients, gradient.at(k * row_size + d), one);
        for (size_t s = 0; s <= slots; ++s) state[s][element] = one[s];
      }
    }
    for (size_t s = 0; s <= slots; ++s, ++output) {
      if (!has_shape(result.outputs.at(output), dims)) continue;
      const std::vector<float> found = result.outputs[output].numbers<float>();
      for (size_t i = 0; i < found.size(); ++i) {
        if (same(found[i], state[s][i])) continue;
        require_within(static_cast<double>(found[i]), static_cast<double>(state[s][i]), 0, "a parameter or slot",
                       static_cast<int64_t>(i));
      }
    }
  }
  require(output == result.outputs.size(), "the outputs are not those of the parameters");
}

}  // namespace ortnce::test
