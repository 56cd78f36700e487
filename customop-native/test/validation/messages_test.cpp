// Texts of errors, and what becomes of an exception at the border to C.
#include <gtest/gtest.h>

#include <map>
#include <new>
#include <stdexcept>

#include "ops/abi_edge.h"
#include "ops/draw_limits.h"
#include "ops/labels.h"
#include "ops/message.h"
#include "sampling/uniform.h"
#include "support/op_api.h"

namespace ortnce::ops {
namespace {

TEST(Messages, AreBoundedAndPrintable) {
  EXPECT_STREQ(Error(ORT_FAIL, "Op: x = 1 ~").text(), "Op: x = 1 ~");
  EXPECT_STREQ(Error(ORT_FAIL, "a\n\x1F\x7F\xC3\xB6z").text(), "a?????z");
  EXPECT_EQ(std::string(Error(ORT_FAIL, std::string(513, 'x')).text()), std::string(512, 'x'));
  EXPECT_EQ(std::string(Error(ORT_FAIL, std::string(512, 'x')).text()), std::string(512, 'x'));
  EXPECT_EQ(format("%s", std::string(5000, 'x').c_str()), std::string(1023, 'x'));
}

TEST(Messages, ShapesShowWhatIsKnown) {
  EXPECT_EQ(shape_text({}), "[]");
  EXPECT_EQ(shape_text({0, -1, 3}), "[0, ?, 3]");
  EXPECT_EQ(shape_text({1, 2, 3, 4, 5, 6, 7, 8}), "[1, 2, 3, 4, 5, 6, 7, 8]");
  EXPECT_EQ(shape_text({1, 2, 3, 4, 5, 6, 7, 8, 9}), "[1, 2, 3, 4, 5, 6, 7, 8, ...]");
}

TEST(Messages, TypesHaveOnnxNames) {
  const std::map<ONNXTensorElementDataType, std::string> names = {
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, "float"},     {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, "uint8"},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, "int8"},       {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16, "uint16"},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16, "int16"},     {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, "int32"},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, "int64"},     {ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, "string"},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, "bool"},       {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, "float16"},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, "double"},   {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32, "uint32"},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64, "uint64"},   {ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16, "bfloat16"},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_COMPLEX64, "another type"}};
  for (const auto& [type, name] : names) EXPECT_EQ(type_text(type), name);
}

TEST(Messages, ADrawThatFoundTooFewSaysSo) {
  const sampling::Uniform distribution(100);
  EXPECT_NO_THROW(check_tries("Op", distribution, 50, 0));
  try {
    check_tries("Op", distribution, 50, -1);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ORT_FAIL);
    EXPECT_EQ(std::string(error.text()).rfind("Op: num_sampled = 50 distinct candidates of range_max = 100 classes", 0),
              0u)
        << error.text();
  }
}

TEST(Messages, LossesOfABatchHaveItsLengthAndReducedOnesAreScalars) {
  EXPECT_EQ(loss_dims(kernels::Reduction::kNone, 7), (std::vector<int64_t>{7}));
  EXPECT_EQ(loss_dims(kernels::Reduction::kMean, 7), std::vector<int64_t>{});
  EXPECT_EQ(loss_dims(kernels::Reduction::kSum, 7), std::vector<int64_t>{});
}

template <class Thrown>
std::string text_at_the_border(Thrown thrown, OrtErrorCode* code) {
  return test::text_of(guarded(test::op_api(), "Op", [&] { throw thrown; }), code);
}

TEST(Border, TurnsEveryExceptionIntoAStatus) {
  OrtErrorCode code = ORT_OK;
  EXPECT_EQ(test::text_of(guarded(test::op_api(), "Op", [] {})), "");
  EXPECT_EQ(text_at_the_border(Error(ORT_INVALID_ARGUMENT, "Op: of ours"), &code), "Op: of ours");
  EXPECT_EQ(code, ORT_INVALID_ARGUMENT);
  EXPECT_EQ(text_at_the_border(std::bad_alloc(), &code), "Op: out of memory");
  EXPECT_EQ(code, ORT_FAIL);
  EXPECT_EQ(text_at_the_border(std::runtime_error("of the library"), &code), "Op: of the library");
  EXPECT_EQ(text_at_the_border(7, &code), "Op: unknown exception");
}

}  // namespace
}  // namespace ortnce::ops
