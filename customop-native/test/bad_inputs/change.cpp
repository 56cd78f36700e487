#include "bad_inputs/change.h"

#include <cstring>

#include "support/levels.h"

namespace ortnce::test {
namespace {

/// A message that a user can act on: of the op, in ASCII, of bounded length.
void demand_text(const OpNode& node, const std::string& found, const std::string& expected) {
  demand(found == expected, "\"" + found + "\", expected \"" + expected + "\"");
  demand(found.rfind(std::string(node.op) + ": ", 0) == 0, "the message names no op: " + found);
  demand(found.size() <= 512, "the message is longer than 512 bytes");
  for (const char c : found) demand(c >= ' ' && c <= '~', "the message is not ASCII");
}

template <class T>
void set_element(OpTensor* tensor, size_t place, T value) {
  demand((place + 1) * sizeof(T) <= tensor->bytes.size(), "the row sets an element that is not there");
  std::memcpy(tensor->bytes.data() + place * sizeof(T), &value, sizeof(T));
}

}  // namespace

Change& Change::input(size_t index, OpTensor tensor) {
  bad_.inputs.at(index) = std::move(tensor);
  return *this;
}

Change& Change::type(size_t index, ONNXTensorElementDataType type) {
  bad_.inputs.at(index).type = type;
  return *this;
}

Change& Change::append(OpTensor tensor) {
  bad_.inputs.push_back(std::move(tensor));
  return *this;
}

Change& Change::inputs(size_t count) {
  bad_.inputs.resize(count);
  return *this;
}

Change& Change::attribute(const char* name, int64_t value) {
  bad_.attributes.ints[name] = value;
  return *this;
}

Change& Change::attribute(const char* name, const char* value) {
  bad_.attributes.ints.erase(name);
  bad_.attributes.strings[name] = value;
  return *this;
}

Change& Change::attribute(const char* name, float value) {
  bad_.attributes.ints.erase(name);
  bad_.attributes.floats[name] = value;
  return *this;
}

Change& Change::list(const char* name, std::vector<int64_t> values) {
  bad_.attributes.ints.erase(name);
  bad_.attributes.int_lists[name] = std::move(values);
  return *this;
}

Change& Change::list(const char* name, std::vector<float> values) {
  bad_.attributes.ints.erase(name);
  bad_.attributes.float_lists[name] = std::move(values);
  return *this;
}

Change& Change::without(const char* name) {
  bad_.attributes.ints.erase(name);
  return *this;
}

Change& Change::element(size_t index, size_t place, int64_t value) {
  set_element(&bad_.inputs.at(index), place, value);
  return *this;
}

Change& Change::element(size_t index, size_t place, float value) {
  set_element(&bad_.inputs.at(index), place, value);
  return *this;
}

void Change::refused_at_creation(const std::string& text) const {
  for (const Declared how : {Declared::kTypes, Declared::kShapes, Declared::kConstants}) {
    const OpKernel kernel(bad_.op, declare(bad_.inputs, how), bad_.attributes, {}, bad_.outputs());
    demand_text(bad_, kernel.error(), text);
  }
  Change(good_).accepted();
}

void Change::refused_by_shape(const std::string& text) const {
  for (const Declared how : {Declared::kShapes, Declared::kConstants}) {
    const OpKernel kernel(bad_.op, declare(bad_.inputs, how), bad_.attributes, {}, bad_.outputs());
    demand_text(bad_, kernel.error(), text);
  }
  refused_in_run(text, true);
}

void Change::refused_in_run(const std::string& text) const { refused_in_run(text, false); }

void Change::refused_by_value(const std::string& text) const {
  const OpKernel kernel(bad_.op, declare(bad_.inputs, Declared::kTypes), bad_.attributes, {}, bad_.outputs());
  demand(kernel.error().empty(), kernel.error());
  demand_text(bad_, kernel.run(bad_.inputs).error, text);
  demand_same(kernel.run(good_.inputs), run_node(good_), "the run after the error");
}

void Change::refused_in_run(const std::string& text, bool before_memory) const {
  const OpKernel kernel(bad_.op, declare(bad_.inputs, Declared::kTypes), bad_.attributes, {}, bad_.outputs());
  demand(kernel.error().empty(), "refused at creation already: " + kernel.error());
  for (int attempt = 0; attempt < 2; ++attempt) {
    const OpResult result = kernel.run(bad_.inputs);
    demand_text(bad_, result.error, text);
    demand(result.code == ORT_INVALID_ARGUMENT, "the code is not INVALID_ARGUMENT");
    demand(result.asked_outputs == 0, "an output was asked for before all was checked");
    demand(!before_memory || result.blocks == 0, "memory was asked for before the shapes were checked");
  }
  // What differs in attributes is a node of its own.
  const OpAttributes &good = good_.attributes, &bad = bad_.attributes;
  const bool same = good.ints == bad.ints && good.strings == bad.strings && good.floats == bad.floats;
  const OpNode after{good_.op, same ? good_.attributes : bad_.attributes, good_.inputs, good_.output_count};
  const OpKernel fresh(after.op, declare(after.inputs, Declared::kTypes), after.attributes, {}, after.outputs());
  if (!same && !fresh.error().empty()) return;
  const OpResult expected = fresh.run(after.inputs), found = kernel.run(after.inputs);
  if (same) demand(expected.error.empty(), "the good node of the row is bad: " + expected.error);
  demand(found.error == expected.error, "after the error: " + found.error);
  demand_same(found, expected, "the run after the error");
}

OpResult Change::accepted() const {
  const platform::InstructionSet in_use = platform::active_level();
  OpResult of_level_in_use;
  at_every_level([&](platform::InstructionSet level) {
    const OpKernel kernel(bad_.op, declare(bad_.inputs, Declared::kShapes), bad_.attributes, {}, bad_.outputs());
    demand(kernel.error().empty(), kernel.error());
    OpResult result = kernel.run(bad_.inputs);
    demand(result.error.empty(), result.error);
    check_outputs(bad_, {}, result);
    if (level == in_use) of_level_in_use = std::move(result);
  });
  return of_level_in_use;
}

void demand_same(const OpResult& a, const OpResult& b, const std::string& what) {
  demand(a.error == b.error, what + ": " + a.error + b.error);
  demand(a.outputs.size() == b.outputs.size(), what + ": the number of outputs differs");
  for (size_t i = 0; i < a.outputs.size(); ++i) {
    demand(a.outputs[i].dims == b.outputs[i].dims && a.outputs[i].bytes == b.outputs[i].bytes,
           what + ": output " + std::to_string(i) + " differs");
  }
}

OpResult run_node(const OpNode& node, int threads, const std::vector<bool>& wanted) {
  const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes, {}, node.outputs());
  demand(kernel.error().empty(), kernel.error());
  OpResult result = kernel.run(node.inputs, threads, wanted);
  demand(result.error.empty(), result.error);
  return result;
}

}  // namespace ortnce::test
