// A good node and one change that makes it bad, or that must not.
#pragma once

#include <string>
#include <vector>

#include "oracle/oracle.h"
#include "support/op_node.h"

namespace ortnce::test {

/// Throws Mismatch unless `holds`.
inline void demand(bool holds, const std::string& what) {
  if (!holds) throw Mismatch(what);
}

/// The sizes of the table: V = 10, D = 4, B = 2, S = 3, T = 1.
inline constexpr NodeSizes kTableSizes{2, 1, 3, 4, 10, 1};

inline OpTensor zeros(std::vector<int64_t> dims, int64_t elements) {
  return floats(std::move(dims), std::vector<float>(static_cast<size_t>(elements)));
}

class Change {
 public:
  explicit Change(OpNode good) : good_(good), bad_(std::move(good)) {}

  Change& input(size_t index, OpTensor tensor);
  Change& type(size_t index, ONNXTensorElementDataType type);
  Change& append(OpTensor tensor);
  Change& without_input(size_t index) { return input(index, {}); }
  /// As a node whose last inputs are left out.
  Change& inputs(size_t count);
  Change& attribute(const char* name, int64_t value);
  Change& attribute(const char* name, const char* value);
  Change& attribute(const char* name, float value);
  Change& list(const char* name, std::vector<int64_t> values);
  Change& list(const char* name, std::vector<float> values);
  Change& without(const char* name);

  /// Sets the element at `place` of an input of int64 or float.
  Change& element(size_t index, size_t place, int64_t value);
  Change& element(size_t index, size_t place, float value);

  /// Expects an error of this text when the kernel is created, whatever the graph declares.
  void refused_at_creation(const std::string& text) const;

  /// Expects it at creation when shapes are declared, and else in the run, before any memory is asked for.
  void refused_by_shape(const std::string& text) const;

  /// Expects it in the run, before any output is asked for. Here and above the kernel then runs the good
  /// node as a new one would.
  void refused_in_run(const std::string& text) const;

  /// The same where the change adds an input that the good node lacks: a kernel of that has never seen it.
  void refused_by_value(const std::string& text) const;

  /// Expects outputs that the oracle takes, at every level; returns those of the level in use.
  OpResult accepted() const;

  const OpNode& node() const { return bad_; }

 private:
  void refused_in_run(const std::string& text, bool before_memory) const;

  OpNode good_, bad_;
};

/// Throws unless both runs gave the same bytes.
void demand_same(const OpResult& a, const OpResult& b, const std::string& what);

/// A run of a kernel that knew types alone; throws on an error.
OpResult run_node(const OpNode& node, int threads = 1, const std::vector<bool>& wanted = {});

}  // namespace ortnce::test
