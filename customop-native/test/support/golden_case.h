// Golden cases (models/golden) as sequences of our ops: graphs of them alone, whose weights are inputs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/op_runtime.h"

namespace ortnce::test {

struct GoldenNode {
  std::string op;
  std::vector<std::string> inputs, outputs;  // names of values; empty = left out
  OpAttributes attributes;
};

struct GoldenModel {
  std::vector<GoldenNode> nodes;
  std::vector<std::string> inputs, outputs;
};

/// The folders of the cases below `folder`, in order of their names.
std::vector<std::string> golden_cases(const std::string& folder);

/// Reads model.onnx of a case.
GoldenModel read_golden_model(const std::string& golden_case);

/// The folders test_data_set_N of a case, from N = 0 on.
std::vector<std::string> data_sets(const std::string& golden_case);

/// Reads a TensorProto; nothing if the file does not exist.
std::optional<OpTensor> read_tensor(const std::string& file);

}  // namespace ortnce::test
