#include "support/golden_case.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace ortnce::test {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Walks the fields of a message of Protocol Buffers.
class Message {
 public:
  explicit Message(std::string_view bytes) : rest_(bytes) {}

  /// Moves to the next field; false at the end.
  bool next() {
    if (rest_.empty()) return false;
    const uint64_t tag = varint();
    number_ = static_cast<int>(tag >> 3);
    content_ = {};
    switch (tag & 7) {
      case 0: integer_ = varint(); break;
      case 1: content_ = take(8); break;
      case 2: content_ = take(varint()); break;
      case 5: content_ = take(4); break;
      default: throw std::runtime_error("no message of Protocol Buffers");
    }
    return true;
  }

  int number() const { return number_; }
  int64_t integer() const { return static_cast<int64_t>(integer_); }
  std::string_view content() const { return content_; }
  std::string text() const { return std::string(content_); }

  /// The numbers of a packed field.
  std::vector<int64_t> integers() const {
    std::vector<int64_t> result;
    for (Message packed(content_); !packed.rest_.empty();) result.push_back(static_cast<int64_t>(packed.varint()));
    return result;
  }

 private:
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    throw std::runtime_error("a number of more than 64 bits");
  }

  std::string_view take(uint64_t count) {
    if (count > rest_.size()) throw std::runtime_error("a message ends too early");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_, content_;
  uint64_t integer_ = 0;
  int number_ = 0;
};

void read_attribute(Message attribute, OpAttributes* attributes) {
  enum { kName = 1, kInt = 3, kString = 4 };
  std::string name;
  std::optional<int64_t> integer;
  std::optional<std::string> text;
  while (attribute.next()) {
    if (attribute.number() == kName) name = attribute.text();
    if (attribute.number() == kInt) integer = attribute.integer();
    if (attribute.number() == kString) text = attribute.text();
  }
  if (integer) attributes->ints[name] = *integer;
  if (text) attributes->strings[name] = *text;
}

GoldenNode read_node(Message message) {
  enum { kInput = 1, kOutput = 2, kOpType = 4, kAttribute = 5 };
  GoldenNode node;
  while (message.next()) {
    if (message.number() == kInput) node.inputs.push_back(message.text());
    if (message.number() == kOutput) node.outputs.push_back(message.text());
    if (message.number() == kOpType) node.op = message.text();
    if (message.number() == kAttribute) read_attribute(Message(message.content()), &node.attributes);
  }
  return node;
}

std::string name_of(Message value_info) {
  while (value_info.next()) {
    if (value_info.number() == 1) return value_info.text();
  }
  return {};
}

}  // namespace

std::vector<std::string> golden_cases(const std::string& folder) {
  std::vector<std::string> result;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (fs::exists(entry.path() / "model.onnx")) result.push_back(entry.path().string());
  }
  std::sort(result.begin(), result.end());
  return result;
}

GoldenModel read_golden_model(const std::string& golden_case) {
  constexpr int kGraph = 7;
  enum { kNode = 1, kInput = 11, kOutput = 12 };
  const std::string bytes = bytes_of(fs::path(golden_case) / "model.onnx");
  GoldenModel result;
  for (Message model(bytes); model.next();) {
    if (model.number() != kGraph) continue;
    for (Message graph(model.content()); graph.next();) {
      if (graph.number() == kNode) result.nodes.push_back(read_node(Message(graph.content())));
      if (graph.number() == kInput) result.inputs.push_back(name_of(Message(graph.content())));
      if (graph.number() == kOutput) result.outputs.push_back(name_of(Message(graph.content())));
    }
  }
  return result;
}

std::vector<std::string> data_sets(const std::string& golden_case) {
  std::vector<std::string> result;
  while (true) {
    const fs::path folder = fs::path(golden_case) / ("test_data_set_" + std::to_string(result.size()));
    if (!fs::exists(folder)) return result;
    result.push_back(folder.string());
  }
}

std::optional<OpTensor> read_tensor(const std::string& file) {
  enum { kDims = 1, kType = 2, kRawData = 9 };
  if (!fs::exists(file)) return std::nullopt;
  const std::string bytes = bytes_of(file);
  OpTensor tensor;
  for (Message proto(bytes); proto.next();) {
    if (proto.number() == kDims) {
      const std::vector<int64_t> packed = proto.content().empty() ? std::vector{proto.integer()} : proto.integers();
      tensor.dims.insert(tensor.dims.end(), packed.begin(), packed.end());
    }
    if (proto.number() == kType) tensor.type = static_cast<ONNXTensorElementDataType>(proto.integer());
    if (proto.number() == kRawData) tensor.bytes.assign(proto.content().begin(), proto.content().end());
  }
  return tensor;
}

}  // namespace ortnce::test
