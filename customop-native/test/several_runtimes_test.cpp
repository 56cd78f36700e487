// Several runtimes in one process, as class loaders with an ONNX Runtime each make them: kernels call the one
// that created them, whichever registered last, and do not mind that another is unloaded.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <memory>
#include <new>
#include <thread>

#include "support/op_api.h"
#include "support/op_node.h"

namespace ortnce::test {
namespace {

constexpr NodeSizes kSizes{5, 2, 20, 9, 40, 2};

/// The runtime that is entered on this thread; what tasks of a run call on others is none of the API.
thread_local int entered = -1;
std::atomic<int> strays{0};  // calls of another than that

/// The call `member` of op_api() as one of runtime `runtime`.
template <int runtime, auto member>
struct CallOf;

template <int runtime, class Result, class... Arguments, Result(ORT_API_CALL* OrtApi::*member)(Arguments...) noexcept>
struct CallOf<runtime, member> {
  static Result ORT_API_CALL call(Arguments... arguments) noexcept {
    strays += entered != runtime;
    return (op_api().*member)(arguments...);
  }
};

template <int runtime, class Freed, void(ORT_API_CALL* OrtApi::*member)(Freed*)>
struct CallOf<runtime, member> {
  static void ORT_API_CALL call(Freed* freed) {
    strays += entered != runtime;
    (op_api().*member)(freed);
  }
};

template <int runtime, auto... members>
OrtApi api_with() {
  OrtApi made = op_api();
  ((made.*members = CallOf<runtime, members>::call), ...);
  return made;
}

/// The API of a runtime that notices calls which belong to another. The calls left out are those of memory
/// blocks, which go by the allocator.
template <int runtime>
const OrtApi& api_of() {
  static const OrtApi api =
      api_with<runtime, &OrtApi::CreateStatus, &OrtApi::GetErrorCode, &OrtApi::GetErrorMessage, &OrtApi::ReleaseStatus,
               &OrtApi::GetTensorTypeAndShape, &OrtApi::ReleaseTensorTypeAndShapeInfo, &OrtApi::GetTensorElementType,
               &OrtApi::GetDimensionsCount, &OrtApi::GetDimensions, &OrtApi::GetTensorMutableData,
               &OrtApi::KernelInfo_GetInputCount, &OrtApi::KernelInfo_GetOutputCount,
               &OrtApi::KernelInfo_GetInputTypeInfo, &OrtApi::KernelInfoGetConstantInput_tensor,
               &OrtApi::CastTypeInfoToTensorInfo, &OrtApi::ReleaseTypeInfo, &OrtApi::KernelInfoGetAttribute_int64,
               &OrtApi::KernelInfoGetAttribute_float, &OrtApi::KernelInfoGetAttribute_string,
               &OrtApi::KernelInfoGetAttributeArray_int64, &OrtApi::KernelInfoGetAttributeArray_float,
               &OrtApi::CreateCpuMemoryInfo, &OrtApi::ReleaseMemoryInfo, &OrtApi::KernelContext_GetAllocator,
               &OrtApi::ReleaseAllocator, &OrtApi::KernelContext_GetInputCount, &OrtApi::KernelContext_GetInput,
               &OrtApi::KernelContext_GetOutputCount, &OrtApi::KernelContext_GetOutput,
               &OrtApi::KernelContext_ParallelFor, &OrtApi::CreateCustomOpDomain, &OrtApi::CustomOpDomain_Add,
               &OrtApi::AddCustomOpDomain, &OrtApi::ShapeInferContext_GetInputTypeShape,
               &OrtApi::GetSymbolicDimensions, &OrtApi::CreateTensorTypeAndShapeInfo, &OrtApi::SetTensorElementType,
               &OrtApi::SetDimensions, &OrtApi::SetSymbolicDimensions,
               &OrtApi::ShapeInferContext_SetOutputTypeShape>();
  return api;
}

/// A good node and a bad one of an op, and their kernel.
struct Case {
  OpNode node, bad;
  OpKernel kernel;

  explicit Case(const OpNode& good)
      : node(good),
        bad(good),
        kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes, {}, node.outputs()) {
    bad.inputs[0].dims.push_back(1);
  }

  /// A run of each.
  void run(int threads) const {
    EXPECT_EQ(kernel.run(node.inputs, threads).error, "") << node.op;
    EXPECT_NE(kernel.run(bad.inputs, threads).error, "") << node.op;
  }
};

using Cases = std::vector<std::unique_ptr<Case>>;

Cases cases_of_every_op() {
  Cases cases;
  for (const OpNode& node : one_node_of_every_op(kSizes, 3)) cases.push_back(std::make_unique<Case>(node));
  return cases;
}

void infer() {
  EXPECT_EQ(infer_shapes("NceLossGrad", {{}, {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, {-1, 3}, {}}}).error, "");
  EXPECT_NE(infer_shapes("NceLossGrad", {}).error, "");
}

/// Registers a runtime and makes it the one that this thread enters.
void enter(int runtime, const OrtApi& api) {
  entered = runtime;
  replace_op_api(&api);
}

class SeveralRuntimes : public testing::Test {
 protected:
  SeveralRuntimes() { strays = 0; }
  ~SeveralRuntimes() override {
    replace_op_api(nullptr);
    EXPECT_EQ(strays, 0) << "calls of a runtime that was not entered";
  }
};

TEST_F(SeveralRuntimes, AKernelCallsTheOneThatCreatedIt) {
  enter(1, api_of<1>());
  Cases first = cases_of_every_op();
  enter(2, api_of<2>());
  Cases second = cases_of_every_op();
  infer();
  for (int turn = 0; turn < 2; ++turn) {
    entered = 1;
    for (const auto& one : first) one->run(3);
    entered = 2;
    for (const auto& one : second) one->run(3);
  }
  entered = 1;
  first.clear();
  enter(1, api_of<1>());
  infer();
  EXPECT_EQ(cases_of_every_op().size(), second.size());
  entered = 2;
  second.clear();
}

TEST_F(SeveralRuntimes, RunsOfBothAtOnce) {
  enter(1, api_of<1>());
  Cases first = cases_of_every_op();
  enter(2, api_of<2>());
  Cases second = cases_of_every_op();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    for (const int runtime : {1, 2}) {
      threads.emplace_back([&, runtime] {
        entered = runtime;
        for (int turn = 0; turn < 20; ++turn) {
          for (const auto& one : runtime == 1 ? first : second) one->run(1);
        }
      });
    }
  }
  // Meanwhile both register again, as every new session makes them.
  for (int turn = 0; turn < 200; ++turn) turn % 2 == 0 ? enter(1, api_of<1>()) : enter(2, api_of<2>());
  for (std::thread& thread : threads) thread.join();
  entered = 1;
  first.clear();
  entered = 2;
  second.clear();
}

TEST_F(SeveralRuntimes, OneIsUnloaded) {
  const size_t bytes = sizeof(OrtApi);
  void* const place = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(place, MAP_FAILED);
  const auto* const unloaded = new (place) OrtApi(api_of<2>());
  enter(1, api_of<1>());
  const Cases before = cases_of_every_op();
  enter(2, *unloaded);
  for (const auto& one : cases_of_every_op()) one->run(2);
  infer();
  ASSERT_EQ(munmap(place, bytes), 0);  // whoever looks for its calls now dies
  entered = 1;
  for (const auto& one : before) one->run(2);
  enter(1, api_of<1>());
  for (const auto& one : cases_of_every_op()) one->run(2);
  infer();
}

const char* version_at_the_address = "";

/// The domain that the runtime of this version is given, whose API lies where that of others did.
const OrtCustomOpDomain* domain_of(const char* version) {
  static const OrtApiBase base = {[](uint32_t) noexcept { return &api_of<3>(); },
                                  []() noexcept { return version_at_the_address; }};
  version_at_the_address = version;
  OrtSessionOptions options;
  EXPECT_EQ(text_of(RegisterCustomOps(&options, &base)), "");
  return options.domain;
}

TEST_F(SeveralRuntimes, AnotherVersionAtTheAddressOfOneHasItsOwnDomain) {
  entered = 3;
  const OrtCustomOpDomain* const old = domain_of("1.24.1");
  EXPECT_EQ(domain_of("1.24.1"), old) << "a runtime refuses a second domain of one name";
  EXPECT_NE(domain_of("1.29.0"), old) << "it would read the insides of another version";
}

int domains = 0;      // of a runtime that counts them
int ops_to_take = 0;  // before it refuses one

TEST(Registration, OneThatFailsLeavesNothingAndTheNextIsWhole) {
  OrtApi api = op_api();
  api.CreateCustomOpDomain = [](const char* name, OrtCustomOpDomain** out) noexcept {
    ++domains;
    return op_api().CreateCustomOpDomain(name, out);
  };
  api.ReleaseCustomOpDomain = [](OrtCustomOpDomain* domain) noexcept {
    --domains;
    op_api().ReleaseCustomOpDomain(domain);
  };
  api.CustomOpDomain_Add = [](OrtCustomOpDomain* domain, const OrtCustomOp* op) noexcept -> OrtStatus* {
    if (ops_to_take-- == 0) return new OrtStatus{ORT_FAIL, "no room for the op"};
    return op_api().CustomOpDomain_Add(domain, op);
  };
  static const OrtApi* given = nullptr;
  given = &api;
  static const OrtApiBase base = {[](uint32_t) noexcept { return given; }, []() noexcept -> const char* { return "1.24.1"; }};
  OrtSessionOptions options;
  for (const int taken : {0, 2}) {
    ops_to_take = taken;
    EXPECT_EQ(text_of(RegisterCustomOps(&options, &base)), "no room for the op");
    EXPECT_EQ(options.domain, nullptr);
    EXPECT_EQ(domains, 0);
  }
  ops_to_take = 100;
  EXPECT_EQ(text_of(RegisterCustomOps(&options, &base)), "");
  EXPECT_EQ(domains, 1);
  EXPECT_EQ(options.domain->ops.count({"LibraryInfo", "CPUExecutionProvider"}), 1u);
}

}  // namespace
}  // namespace ortnce::test
