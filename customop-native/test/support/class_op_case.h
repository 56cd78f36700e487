// Inputs of the ops over all classes, by name, for tests that change one thing at a time.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "support/op_runtime.h"

namespace ortnce::test {

/// An input that the node leaves out.
inline const OpTensor kAbsent{};

/// A table and a batch; small numbers, so that logits often are equal.
struct ClassOpCase {
  int64_t batch = 6, num_true = 2, classes = 50, dim = 3;
  std::vector<float> inputs, weights, biases;
  std::vector<int64_t> labels;

  ClassOpCase(int64_t batch_, int64_t num_true_, int64_t classes_, int64_t dim_)
      : batch(batch_), num_true(num_true_), classes(classes_), dim(dim_) {
    std::mt19937_64 random(77);
    const auto fill = [&](std::vector<float>* numbers, int64_t count) {
      for (int64_t i = 0; i < count; ++i) numbers->push_back(static_cast<float>(random() % 65) / 32 - 1);
    };
    fill(&inputs, batch * dim);
    fill(&weights, classes * dim);
    fill(&biases, classes);
    for (int64_t i = 0; i < batch * num_true; ++i) {
      labels.push_back(static_cast<int64_t>(random() % static_cast<uint64_t>(classes)));
    }
  }

  OpTensor x() const { return floats({batch, dim}, inputs); }
  OpTensor y() const { return int64s({batch, num_true}, labels); }

  /// Rows and biases of the classes [begin, end).
  OpTensor w(int64_t begin, int64_t end) const {
    return floats({end - begin, dim}, {weights.begin() + begin * dim, weights.begin() + end * dim});
  }
  OpTensor w() const { return w(0, classes); }
  OpTensor b(int64_t begin, int64_t end) const {
    return floats({end - begin}, {biases.begin() + begin, biases.begin() + end});
  }
  OpTensor b() const { return b(0, classes); }
};

/// What the graph declares of inputs: their types alone.
inline std::vector<OpTensor> types_of(const std::vector<OpTensor>& inputs) {
  std::vector<OpTensor> declared;
  for (const OpTensor& input : inputs) declared.push_back({input.type, {}, {}});
  return declared;
}

/// One run of a kernel that knew types alone when it was created.
inline OpResult run_op(const char* name, const OpAttributes& attributes, const std::vector<OpTensor>& inputs,
                       const std::vector<bool>& wanted = {}, int threads = 1) {
  const OpKernel kernel(name, types_of(inputs), attributes);
  if (!kernel.error().empty()) return {{}, kernel.error()};
  return kernel.run(inputs, threads, wanted);
}

/// The error at creation of a kernel that knows all shapes.
inline std::string creation_error(const char* name, const OpAttributes& attributes,
                                  const std::vector<OpTensor>& declared) {
  return OpKernel(name, declared, attributes).error();
}

}  // namespace ortnce::test
