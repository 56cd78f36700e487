// Attributes of every type read as every other: an error that names both, never a default.
#include <gtest/gtest.h>

#include <functional>

#include "ops/attributes.h"
#include "ops/message.h"
#include "ops/ort_api.h"
#include "support/op_api.h"

namespace ortnce::ops {
namespace {

using test::OpAttributes;

/// The attributes of a node as a kernel reads them.
class Node {
 public:
  explicit Node(OpAttributes attributes, const OrtApi& api = test::op_api())
      : attributes_(std::move(attributes)), info_{{}, &attributes_, {}}, current_(api) {}

  Attributes read() const { return Attributes("Op", &info_); }

 private:
  OpAttributes attributes_;
  OrtKernelInfo info_;
  CurrentApi current_;
};

std::string error_of(const std::function<void()>& read) {
  try {
    read();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ORT_INVALID_ARGUMENT);
    return error.text();
  }
  return "";
}

TEST(AttributeTypes, TheRightOneIsRead) {
  OpAttributes given;
  given.ints = {{"i", -7}, {"flag", 1}};
  given.floats = {{"f", 0.5f}};
  given.strings = {{"s", "b"}};
  const Node node(given);
  EXPECT_EQ(node.read().integer("i"), -7);
  EXPECT_TRUE(node.read().flag("flag", false));
  EXPECT_EQ(node.read().number("f", 1), 0.5f);
  EXPECT_EQ(node.read().choice("s", {"a", "b"}), 1u);
}

TEST(AttributeTypes, AbsentOnesAreTheDefault) {
  const Node node({});
  EXPECT_EQ(node.read().integer("x"), std::nullopt);
  EXPECT_EQ(node.read().integer("x", 5), 5);
  EXPECT_TRUE(node.read().flag("x", true));
  EXPECT_EQ(node.read().number("x", 0.25f), 0.25f);
  EXPECT_EQ(node.read().choice("x", {"a", "b"}), 0u);
}

/// An attribute x of one type, and what an error calls it.
struct Typed {
  OpAttributes attributes;
  const char* called;
};

TEST(AttributeTypes, AWrongOneIsAnError) {
  std::vector<Typed> all(7);
  all[0] = {{}, "an int"};
  all[0].attributes.ints["x"] = 1;
  all[1] = {{}, "a float"};
  all[1].attributes.floats["x"] = 1;
  all[2] = {{}, "a string"};
  all[2].attributes.strings["x"] = "1";
  all[3] = {{}, "ints"};
  all[3].attributes.int_lists["x"] = {1, 2};
  all[4] = {{}, "floats"};
  all[4].attributes.float_lists["x"] = {1, 2};
  // Without an element, both kinds of lists read as either.
  all[5] = {{}, "another type"};
  all[5].attributes.int_lists["x"] = {};
  all[6] = {{}, "another type"};
  all[6].attributes.float_lists["x"] = {};
  for (const auto& [attributes, called] : all) {
    const std::string type = called;
    const Node node(attributes);
    const std::string of = "Op: attribute x must be ", got = ", got " + type;
    const auto expected = [&](const char* wanted) { return type == wanted ? "" : of + wanted + got; };
    EXPECT_EQ(error_of([&] { node.read().integer("x"); }), expected("an int"));
    EXPECT_EQ(error_of([&] { node.read().flag("x", false); }), expected("an int"));
    EXPECT_EQ(error_of([&] { node.read().number("x", 0); }), expected("a float"));
    EXPECT_EQ(error_of([&] { node.read().choice("x", {"1", "2"}); }), expected("a string"));
  }
}

/// A runtime that knows a list only as what it is.
TEST(AttributeTypes, AnEmptyListOfFloatsOfAStrictRuntime) {
  OrtApi api = test::op_api();
  api.KernelInfoGetAttributeArray_int64 = [](const OrtKernelInfo*, const char*, int64_t*, size_t*) noexcept {
    return new OrtStatus{ORT_FAIL, "no ints"};
  };
  OpAttributes attributes;
  attributes.float_lists["x"] = {};
  const Node node(attributes, api);
  EXPECT_EQ(error_of([&] { node.read().integer("x"); }), "Op: attribute x must be an int, got another type");
}

TEST(AttributeTypes, ATextWithoutItsEndIsEmpty) {
  OrtApi api = test::op_api();
  api.KernelInfoGetAttribute_string = [](const OrtKernelInfo*, const char*, char*, size_t* size) noexcept -> OrtStatus* {
    *size = 0;
    return nullptr;
  };
  const Node node({}, api);
  EXPECT_EQ(error_of([&] { node.read().choice("x", {"a"}); }), "Op: attribute x must be one of \"a\", got \"\"");
}

TEST(AttributeValues, OfFlagsAndChoicesAreChecked) {
  OpAttributes given;
  given.ints = {{"flag", 2}, {"off", 0}, {"negative", -1}};
  given.strings = {{"s", "c"}};
  const Node node(given);
  EXPECT_FALSE(node.read().flag("off", true));
  EXPECT_EQ(error_of([&] { node.read().flag("flag", true); }), "Op: attribute flag must be 0 or 1, got 2");
  EXPECT_EQ(error_of([&] { node.read().flag("negative", true); }), "Op: attribute negative must be 0 or 1, got -1");
  EXPECT_EQ(error_of([&] { node.read().choice("s", {"a", "b"}); }),
            "Op: attribute s must be one of \"a\", \"b\", got \"c\"");
}

}  // namespace
}  // namespace ortnce::ops
