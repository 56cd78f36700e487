#include "mutation.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>

namespace ortnce::fuzz {
namespace {

using test::OpNode;
using test::OpTensor;

constexpr int64_t kIntegers[] = {0,    1,    2,    3,     4,     5,          7,           8,          -1,
                                 -2,   16,   17,   31,    64,    8191,       8192,        8193,       -100,
                                 65536, INT32_MAX, int64_t{INT32_MAX} + 1, int64_t{1} << 32, int64_t{1} << 40,
                                 int64_t{1} << 62, INT64_MAX, INT64_MIN};

constexpr const char* kIntNames[] = {"num_true",  "num_sampled", "num_classes", "class_begin",
                                     "k",         "ignore_index", "unique",     "range_max",
                                     "seed",      "seed2",        "shard",      "num_shards",
                                     "num_reserved_ids", "remove_accidental_hits", "subtract_log_q"};

constexpr const char* kStringNames[] = {"reduction", "partition_strategy", "rule"};
constexpr const char* kStrings[] = {"none", "mean", "sum", "div", "mod", "sgd", "momentum", "nesterov",
                                    "adagrad", "adam", "", "hash", "m\xC3\xB6" "d"};

constexpr ONNXTensorElementDataType kTypes[] = {
    ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT,  ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64,    ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32,
    ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16,  ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16,
    ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL,   ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED};

template <class T, size_t N>
const T& pick(ByteSource& bytes, const T (&from)[N]) {
  return from[static_cast<size_t>(bytes.below(static_cast<int64_t>(N)))];
}

int64_t integer(ByteSource& bytes) {
  const int64_t any = pick(bytes, kIntegers);
  return any == 7 ? bytes.raw<int16_t>() : any;
}

float number(ByteSource& bytes) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  constexpr float kNumbers[] = {0.0f, -0.0f, 1.0f, -1.0f, kInf, -kInf, std::numeric_limits<float>::quiet_NaN(),
                                1e-45f, 3.4e38f, -3.4e38f, 1e30f, 88.73f, -104.0f, 1e-30f};
  const auto at = static_cast<size_t>(bytes.below(16));
  return at < std::size(kNumbers) ? kNumbers[at] : bytes.raw<float>();
}

size_t bytes_of(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL: return 1;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16: return 2;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32: return 4;
    default: return 8;
  }
}

/// Gives the tensor as many bytes as its type and shape say, old ones first; false if that is too much. Other
/// dimensions than the first may be huge where there is no element: no op takes time for them.
bool resize(OpTensor* tensor) {
  constexpr int64_t kMostElements = 512;
  if (!tensor->dims.empty() && tensor->dims[0] > kMostElements) return false;
  int64_t count = 1;
  for (const int64_t dim : tensor->dims) {
    if (dim == 0) count = 0;
  }
  for (const int64_t dim : tensor->dims) {
    if (count == 0) break;
    if (dim < 0 || dim > kMostElements || (count *= dim) > kMostElements) return false;
  }
  tensor->bytes.resize(static_cast<size_t>(count) * bytes_of(tensor->type));
  return true;
}

void change_shape(ByteSource& bytes, OpTensor* tensor) {
  const OpTensor old = *tensor;
  const auto rank = static_cast<int64_t>(tensor->dims.size());
  switch (bytes.below(4)) {
    case 0: tensor->dims.insert(tensor->dims.begin() + bytes.below(rank + 1), 1); break;
    case 1:
      if (rank > 0) tensor->dims.erase(tensor->dims.begin() + bytes.below(rank));
      break;
    default:
      if (rank > 0) {
        int64_t& dim = tensor->dims[static_cast<size_t>(bytes.below(rank))];
        // A tensor of a runtime has no negative dimension.
        dim = bytes.rarely(2) ? std::min(dim, INT64_MAX - 2) + bytes.below(3) - 1 : integer(bytes) & INT64_MAX;
        dim = std::max<int64_t>(dim, 0);
      }
  }
  if (!resize(tensor)) *tensor = old;
}

/// Writes a value that matters over one element.
void poke(ByteSource& bytes, OpTensor* tensor) {
  const size_t width = bytes_of(tensor->type), count = tensor->bytes.size() / width;
  if (count == 0) return;
  unsigned char* const at = tensor->bytes.data() + bytes.raw<uint16_t>() % count * width;
  if (bytes.rarely(4)) {
    const unsigned char* const from = tensor->bytes.data() + bytes.raw<uint16_t>() % count * width;
    std::memmove(at, from, width);
  } else if (tensor->type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) {
    const float value = number(bytes);
    std::memcpy(at, &value, width);
  } else if (tensor->type == ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE) {
    const auto value = static_cast<double>(number(bytes));
    std::memcpy(at, &value, width);
  } else if (width == 2) {
    const auto value = bytes.raw<uint16_t>();
    std::memcpy(at, &value, width);
  } else {
    const int64_t value = integer(bytes);
    std::memcpy(at, &value, width);
  }
}

void change_attribute(ByteSource& bytes, OpNode* node) {
  test::OpAttributes& attributes = node->attributes;
  switch (bytes.below(8)) {
    case 0: attributes.ints.erase(pick(bytes, kIntNames)); break;
    case 1: attributes.strings[pick(bytes, kStringNames)] = pick(bytes, kStrings); break;
    case 2: attributes.floats["distortion"] = number(bytes); break;
    case 3: {
      const char* const name = pick(bytes, kIntNames);
      attributes.ints.erase(name);
      attributes.floats[name] = 1;
      break;
    }
    case 4: {
      const char* const name = bytes.rarely(2) ? pick(bytes, kIntNames) : pick(bytes, kStringNames);
      attributes.ints.erase(name);
      attributes.strings.erase(name);
      if (bytes.rarely(2)) attributes.int_lists[name] = {1};
      else attributes.float_lists[name] = {1};
      break;
    }
    default: attributes.ints[pick(bytes, kIntNames)] = integer(bytes);
  }
}

void change_inputs(ByteSource& bytes, OpNode* node) {
  std::vector<OpTensor>& inputs = node->inputs;
  const auto any = [&] { return static_cast<size_t>(bytes.below(static_cast<int64_t>(inputs.size()))); };
  switch (bytes.below(4)) {
    case 0: inputs[any()] = OpTensor{}; break;
    case 1:
      if (inputs.size() > 1) inputs.pop_back();
      break;
    case 2:
      if (inputs.size() < 16) inputs.push_back(inputs.back());
      break;
    default: {
      const size_t a = any(), b = any();
      std::swap(inputs[a], inputs[b]);
    }
  }
}

}  // namespace

void choose_options(ByteSource& bytes, OpNode* node) {
  test::OpAttributes& attributes = node->attributes;
  const std::string op = node->op;
  const auto flags = bytes.byte();
  const bool has_layer = op == "NceLoss" || op == "NceLossGrad" || op == "FullSigmoidLoss" ||
                         op == "FullSigmoidLossShard" || op == "TopKClasses";
  if (has_layer) {
    if ((flags & 1) != 0) attributes.strings["partition_strategy"] = "mod";
    const size_t inputs = op == "NceLossGrad" ? 1 : 0;
    const size_t biases = op == "TopKClasses" ? 1 : op == "NceLossGrad" || op == "FullSigmoidLossShard" ? 3 : 2;
    const size_t weights = op == "TopKClasses" ? 2 : op == "FullSigmoidLoss" ? 3 : op == "FullSigmoidLossShard" ? 4 : 7;
    const auto half = (flags & 2) != 0 ? ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 : ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16;
    if ((flags & 12) != 0) {
      if ((flags & 12) == 12) node->inputs[inputs] = rounded(node->inputs[inputs], half);
      node->inputs[biases] = rounded(node->inputs[biases], half);
      for (size_t p = weights; p < node->inputs.size(); ++p) node->inputs[p] = rounded(node->inputs[p], half);
    }
    if ((flags & 16) != 0) node->inputs[biases] = OpTensor{};
  }
  if ((flags & 32) != 0) attributes.ints["ignore_index"] = bytes.below(4) - 1;
  if ((flags & 64) != 0) {
    constexpr const char* kReductions[] = {"none", "mean", "sum"};
    attributes.strings["reduction"] = pick(bytes, kReductions);
    const bool reduced = attributes.strings["reduction"] != "none";
    if (op == "NceLossGrad" && reduced) node->inputs[0] = test::floats({}, {0.75f});
  }
  if ((flags & 128) != 0) {
    attributes.ints["remove_accidental_hits"] = bytes.below(2);
    attributes.ints["subtract_log_q"] = bytes.below(2);
    attributes.ints["unique"] = bytes.below(2);
  }
  if (op == "ApplyGradients" && (flags & 1) != 0) {
    // The value, the slots and the gradient of one dense parameter.
    constexpr const char* kRules[] = {"sgd", "momentum", "nesterov", "adagrad", "adam"};
    constexpr int64_t kSlots[] = {0, 1, 1, 1, 2}, kCoefficients[] = {1, 2, 2, 2, 4};
    const auto rule = static_cast<size_t>(bytes.below(5));
    attributes.strings["rule"] = kRules[rule];
    const OpTensor value = node->inputs[7], gradient = node->inputs.back();
    node->inputs.resize(2);
    node->inputs[0] = test::floats({kCoefficients[rule]}, std::vector<float>(static_cast<size_t>(kCoefficients[rule]), 0.1f));
    for (int64_t s = 0; s <= kSlots[rule]; ++s) node->inputs.push_back(value);
    node->inputs.push_back(gradient);
    node->output_count = static_cast<size_t>(1 + kSlots[rule]);
  }
}

void mutate(ByteSource& bytes, OpNode* node) {
  while (!bytes.empty()) {
    const auto any = static_cast<size_t>(bytes.below(static_cast<int64_t>(node->inputs.size())));
    OpTensor* const input = &node->inputs[any];
    const bool present = input->type != ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
    switch (bytes.below(8)) {
      case 0: change_attribute(bytes, node); break;
      case 1: change_inputs(bytes, node); break;
      case 2:
        if (present) change_shape(bytes, input);
        break;
      case 3:
        if (present) {
          input->type = pick(bytes, kTypes);
          const bool absent = input->type == ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
          if (absent || !resize(input)) *input = OpTensor{};
        }
        break;
      default:
        if (present) poke(bytes, input);
    }
  }
}

}  // namespace ortnce::fuzz
