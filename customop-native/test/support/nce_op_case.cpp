#include "support/nce_op_case.h"

#include <random>

#include "kernels/class_rows.h"
#include "kernels/conversion.h"

namespace ortnce::test {
namespace {

using kernels::ElementType;

ONNXTensorElementDataType onnx_type(ElementType type) {
  if (type == ElementType::kFloat16) return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
  if (type == ElementType::kBfloat16) return ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16;
  return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
}

ElementType element_type(const OpTensor& tensor) {
  if (tensor.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16) return ElementType::kFloat16;
  if (tensor.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16) return ElementType::kBfloat16;
  return ElementType::kFloat;
}

class Numbers {
 public:
  explicit Numbers(uint32_t seed) : random_(seed) {}

  int64_t below(int64_t end) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(end)); }

  OpTensor normal(ElementType type, std::vector<int64_t> dims, float scale) {
    int64_t count = 1;
    for (const int64_t dim : dims) count *= dim;
    // Large tables repeat after a prime number: drawing takes longer than all else.
    constexpr size_t kDrawn = 65'537;
    std::normal_distribution<float> distribution(0, scale);
    std::vector<float> numbers(static_cast<size_t>(count));
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = i < kDrawn ? distribution(random_) : numbers[i - kDrawn];
    if (type == ElementType::kFloat) return floats(std::move(dims), numbers);
    std::vector<uint16_t> bits(numbers.size());
    kernels::narrow(numbers.data(), count, type, bits.data());
    return op_tensor(onnx_type(type), std::move(dims), bits);
  }

  OpTensor counts(std::vector<int64_t> dims, int64_t count) {
    std::vector<float> numbers;
    for (int64_t i = 0; i < count; ++i) numbers.push_back(static_cast<float>(1 + below(100)) / 64);
    return floats(std::move(dims), numbers);
  }

 private:
  std::mt19937_64 random_;
};

OpTensor labels_of(const NceOpCase& c, Numbers* numbers) {
  std::vector<int64_t> labels;
  for (int64_t at = 0; at < c.batch * c.num_true; ++at) {
    labels.push_back(c.ignore && numbers->below(3) == 0 ? NceOpCase::kIgnored : numbers->below(c.classes));
  }
  if (!c.int32_labels) return int64s({c.batch, c.num_true}, labels);
  return int32s({c.batch, c.num_true}, std::vector<int32_t>(labels.begin(), labels.end()));
}

void add_weights(const NceOpCase& c, Numbers* numbers, std::vector<OpTensor>* inputs) {
  for (int64_t p = 0; p < c.partitions; ++p) {
    const int64_t rows = kernels::ClassRows::mod_size(c.classes, c.partitions, p);
    inputs->push_back(numbers->normal(c.weights_type, {rows, c.dim}, 0.5f));
  }
}

}  // namespace

OpAttributes NceOpCase::attributes() const {
  OpAttributes attributes{{{"num_true", num_true},
                           {"num_sampled", num_sampled},
                           {"remove_accidental_hits", remove_hits},
                           {"subtract_log_q", subtract_log_q},
                           {"seed", 11},
                           {"seed2", seed}},
                          {{"reduction", reduction}, {"partition_strategy", mod ? "mod" : "div"}}};
  if (ignore) attributes.ints["ignore_index"] = kIgnored;
  return attributes;
}

std::vector<OpTensor> NceOpCase::loss_inputs() const {
  Numbers numbers(seed);
  std::vector<OpTensor> inputs{numbers.normal(inputs_type, {batch, dim}, 1), labels_of(*this, &numbers)};
  inputs.push_back(biases ? numbers.normal(weights_type, {classes}, 1) : OpTensor{});
  if (own_sample) {
    inputs.insert(inputs.end(), 3, OpTensor{});
    inputs.push_back(int64s({}, {numbers.below(1000)}));
  } else {
    std::vector<int64_t> candidates;
    for (int64_t k = 0; k < num_sampled; ++k) candidates.push_back(numbers.below(classes));
    inputs.push_back(int64s({num_sampled}, candidates));
    inputs.push_back(numbers.counts({batch, num_true}, batch * num_true));
    inputs.push_back(numbers.counts({num_sampled}, num_sampled));
    inputs.push_back({});
  }
  add_weights(*this, &numbers, &inputs);
  return inputs;
}

std::vector<OpTensor> NceOpCase::grad_inputs() const {
  constexpr size_t kStep = 6;
  std::vector<OpTensor> inputs = loss_inputs();
  inputs.erase(inputs.begin() + kStep);
  Numbers numbers(seed + 1);
  const bool per_example = std::string(reduction) == "none";
  const std::vector<int64_t> dims = per_example ? std::vector<int64_t>{batch} : std::vector<int64_t>{};
  inputs.insert(inputs.begin(), numbers.normal(ElementType::kFloat, dims, 1));
  return inputs;
}

std::vector<OpTensor> NceOpCase::full_inputs() const {
  Numbers numbers(seed);
  std::vector<OpTensor> inputs{numbers.normal(inputs_type, {batch, dim}, 1), labels_of(*this, &numbers)};
  inputs.push_back(biases ? numbers.normal(weights_type, {classes}, 1) : OpTensor{});
  add_weights(*this, &numbers, &inputs);
  return inputs;
}

std::vector<float> widened(const OpTensor& tensor) {
  const ElementType type = element_type(tensor);
  if (type == ElementType::kFloat) return tensor.numbers<float>();
  std::vector<float> numbers(tensor.bytes.size() / sizeof(uint16_t));
  kernels::widen(type, tensor.bytes.data(), static_cast<int64_t>(numbers.size()), numbers.data());
  return numbers;
}

}  // namespace ortnce::test
