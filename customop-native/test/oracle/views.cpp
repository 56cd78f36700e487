#include "oracle/views.h"

#include <cstring>
#include <limits>

namespace ortnce::test {
namespace {

double of_float16(uint16_t bits) {
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : std::numeric_limits<double>::quiet_NaN();
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(fraction + 1024, exponent - 25);
}

double of_bfloat16(uint16_t bits) {
  const uint32_t wide = uint32_t{bits} << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return static_cast<double>(value);
}

template <class T>
std::vector<T> elements_of(const OpTensor& tensor) {
  return tensor.numbers<T>();
}

}  // namespace

void require_within(double found, double expected, double bound, const char* what, int64_t index) {
  if (std::fabs(found - expected) <= bound) return;
  char text[200];
  std::snprintf(text, sizeof(text), "%s[%lld] = %.9g, expected %.9g +- %.3g", what, static_cast<long long>(index),
                found, expected, bound);
  throw Mismatch(text);
}

std::vector<double> numbers_of(const OpTensor& tensor) {
  std::vector<double> result;
  result.reserve(tensor.bytes.size() / 2);
  switch (tensor.type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
      for (const float x : elements_of<float>(tensor)) result.push_back(static_cast<double>(x));
      return result;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16:
      for (const uint16_t x : elements_of<uint16_t>(tensor)) result.push_back(of_float16(x));
      return result;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16:
      for (const uint16_t x : elements_of<uint16_t>(tensor)) result.push_back(of_bfloat16(x));
      return result;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE: return elements_of<double>(tensor);
    default: throw Mismatch("a tensor of numbers was accepted in a type without numbers");
  }
}

std::vector<int64_t> ids_of(const OpTensor& tensor) {
  if (tensor.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64) return elements_of<int64_t>(tensor);
  require(tensor.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, "ids were accepted in a type that is no id");
  const std::vector<int32_t> ids = elements_of<int32_t>(tensor);
  return {ids.begin(), ids.end()};
}

bool has_shape(const OpTensor& output, const std::vector<int64_t>& dims) {
  if (output.dims.empty() && output.bytes.empty()) return false;
  require(output.dims == dims, "an output has not the shape it must have");
  return true;
}

Layer::Layer(const OpNode& node, size_t biases_input, size_t first_weights, int64_t dim_, std::optional<int64_t> limit)
    : dim(dim_) {
  require(node.inputs.size() > first_weights, "a node without weights was accepted");
  const auto partitions = static_cast<int64_t>(node.inputs.size() - first_weights);
  const bool mod = node.text("partition_strategy", "div") == "mod";
  std::vector<std::vector<double>> parts;
  int64_t total = 0;
  for (size_t p = first_weights; p < node.inputs.size(); ++p) {
    parts.push_back(numbers_of(node.inputs[p]));
    require(node.inputs[p].dims.size() == 2 && node.inputs[p].dims[1] == dim, "weights of another shape were accepted");
    total += node.inputs[p].dims[0];
  }
  classes = limit.value_or(total);
  require(classes >= 1 && classes <= total, "num_classes beyond the rows was accepted");
  rows.reserve(static_cast<size_t>(classes * dim));
  int64_t part = 0, row_of_part = 0;
  for (int64_t c = 0; c < classes; ++c) {
    while (!mod && row_of_part == node.inputs[first_weights + static_cast<size_t>(part)].dims[0]) {
      ++part;
      row_of_part = 0;
    }
    const auto p = static_cast<size_t>(mod ? c % partitions : part);
    const int64_t row = mod ? c / partitions : row_of_part++;
    require(row < node.inputs[first_weights + p].dims[0], "partitions that lack rows were accepted");
    const auto begin = parts[p].begin() + static_cast<std::ptrdiff_t>(row * dim);
    rows.insert(rows.end(), begin, begin + static_cast<std::ptrdiff_t>(dim));
  }
  if (node.has_input(biases_input)) {
    biases = numbers_of(node.input(biases_input));
    const auto length = static_cast<int64_t>(biases.size());
    require(length == classes || length == total, "biases of another length were accepted");
  }
  biases.resize(static_cast<size_t>(classes));
}

ClassLogit Layer::logit(const double* x, int64_t c) const {
  ClassLogit logit{biases[static_cast<size_t>(c)], std::fabs(biases[static_cast<size_t>(c)])};
  for (int64_t d = 0; d < dim; ++d) {
    logit.value += x[d] * row(c)[d];
    logit.magnitude += std::fabs(x[d] * row(c)[d]);
  }
  return logit;
}

std::vector<int64_t> labels_of(const OpNode& node, size_t input, int64_t classes) {
  std::vector<int64_t> labels = ids_of(node.input(input));
  for (int64_t& label : labels) {
    if (node.has_integer("ignore_index") && label == node.integer("ignore_index", 0)) {
      label = -1;
    } else {
      require(label >= 0 && label < classes, "a label outside of the classes was accepted");
    }
  }
  return labels;
}

void BoundedLoss::add(const ClassLogit& logit, double target, int64_t dim, int64_t terms) {
  if (!(logit.magnitude < kTame)) {  // NaN too
    tame = false;
    return;
  }
  const double l = logit.value;
  const double off = kUnit * static_cast<double>(dim + 4) * logit.magnitude;
  const double term = target == 1 ? softplus_of(-l) : softplus_of(l) - target * l;
  const double part = target == 0 || target == 1 ? term : softplus_of(l) + std::fabs(target * l);
  value += term;
  bound += std::fabs(sigmoid_of(l) - target) * off + off * off / 8 +
           kUnit * static_cast<double>(4 + terms) * part + kSubnormal;
}

void check_losses(const OpTensor& found, const std::string& reduction, const std::vector<BoundedLoss>& losses,
                  int64_t counted, const char* what) {
  const auto batch = static_cast<int64_t>(losses.size());
  if (reduction == "none") {
    if (!has_shape(found, {batch})) return;
    const std::vector<double> values = numbers_of(found);
    for (size_t i = 0; i < losses.size(); ++i) {
      if (losses[i].tame) {
        require_within(values[i], losses[i].value, losses[i].bound, what, static_cast<int64_t>(i));
      }
    }
    return;
  }
  if (found.bytes.empty()) return;
  require(found.dims.empty(), "a reduced loss is no scalar");
  BoundedLoss sum;
  for (const BoundedLoss& loss : losses) {
    sum.value += loss.value;
    sum.bound += loss.bound;
    sum.tame = sum.tame && loss.tame;
  }
  const double scale = reduction == "mean" && counted > 0 ? 1 / static_cast<double>(counted) : 1;
  const double expected = sum.value * scale;
  if (sum.tame) require_within(numbers_of(found)[0], expected, sum.bound * scale + kUnit * expected + kSubnormal, what, 0);
}

}  // namespace ortnce::test
