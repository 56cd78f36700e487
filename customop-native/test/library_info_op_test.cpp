// What LibraryInfo says of the library and of this processor.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "platform/instruction_set.h"
#include "support/op_runtime.h"

namespace ortnce::test {
namespace {

/// The texts of an output, each with its final 0.
std::vector<std::string> texts_of(const OpTensor& tensor) {
  std::vector<std::string> texts;
  std::istringstream stream(std::string(tensor.bytes.begin(), tensor.bytes.end()));
  for (std::string text; std::getline(stream, text, '\0');) texts.push_back(text);
  return texts;
}

TEST(LibraryInfo, NamesWhatRuns) {
  const OpKernel kernel("LibraryInfo", {});
  const OpResult result = kernel.run({});
  ASSERT_EQ(result.error, "");
  const std::vector<std::string> names = texts_of(result.outputs[0]), values = texts_of(result.outputs[1]);
  ASSERT_EQ(names.size(), values.size());
  std::map<std::string, std::string> info;
  for (size_t i = 0; i < names.size(); ++i) info[names[i]] = values[i];
  EXPECT_EQ(info.size(), 4u);
  EXPECT_NE(info["version"].find('.'), std::string::npos) << info["version"];
  EXPECT_EQ(info["instruction_set"], platform::name_of(platform::active_level()));
  EXPECT_EQ(info["available_instruction_sets"], platform::available_levels());
  EXPECT_NE(info["execution_providers"].find("CPUExecutionProvider"), std::string::npos);
}

TEST(LibraryInfo, OutputsThatTheNodeLacksAreLeftOut) {
  const OpResult result = OpKernel("LibraryInfo", {}).run({}, 1, {false, false});
  EXPECT_EQ(result.error, "");
  for (const OpTensor& output : result.outputs) EXPECT_TRUE(output.bytes.empty());
}

}  // namespace
}  // namespace ortnce::test
