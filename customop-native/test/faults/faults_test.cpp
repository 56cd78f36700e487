// Every n-th allocation and call of the runtime fails, for every op, at creation and in runs: a clean error
// each time, nothing lost, and the next run gives what a new kernel gives. Exceptions of tasks reach the caller.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>

#include "faults/fault.h"
#include "ops/message.h"
#include "ops/run_context.h"
#include "support/executors.h"
#include "support/op_api.h"
#include "support/op_node.h"

namespace ortnce::test {
namespace {

constexpr NodeSizes kSizes{5, 2, 20, 9, 40, 2};
constexpr int64_t kMostChances = 100'000;

class Faults : public testing::Test {
 protected:
  Faults() { replace_op_api(&faulty_op_api()); }
  ~Faults() override { replace_op_api(nullptr); }
};

void expect_clean(const std::string& error, const OpNode& node, int64_t n) {
  const bool known = error.rfind(std::string(node.op) + ": ", 0) == 0 || error.find("injected") != std::string::npos;
  EXPECT_TRUE(known) << node.op << ", fault " << n << ": \"" << error << "\"";
}

/// A kernel created with a fault at chance `n`; whether the fault came, and the error.
struct Creation {
  bool fired = false;
  std::string error;

  Creation(const OpNode& node, const std::vector<OpTensor>& declared, int64_t n) {
    // Room for the test's own part, which is a chance too.
    std::optional<OpKernel> kernel;
    try {
      const ArmedFault fault(n);
      kernel.emplace(node.op, declared, node.attributes, OpSession{}, node.outputs());
      fired = fault.fired();
    } catch (const std::bad_alloc&) {
      fired = true;
      error = std::string(node.op) + ": of the test";
    }
    if (kernel) error = kernel->error();
  }
};

TEST_F(Faults, Creation) {
  for (const OpNode& node : one_node_of_every_op(kSizes, 3)) {
    const std::vector<OpTensor> declared = declare(node.inputs, Declared::kConstants);
    int64_t n = 1;
    for (; n < kMostChances; ++n) {
      const int64_t before = living_blocks();
      {
        const Creation creation(node, declared, n);
        if (!creation.fired) break;
        expect_clean(creation.error, node, n);
      }
      ASSERT_EQ(living_blocks(), before) << node.op << ": fault " << n << " of its creation loses memory";
    }
    EXPECT_GT(n, 5) << node.op;
    EXPECT_LT(n, kMostChances) << node.op;
  }
}

/// Whether the fault came in an inference that knows nothing of the shape.
bool inference_with_fault(int64_t n) {
  const std::vector<OpTensor> inputs = {{}, {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, {-1, -1}, {}}};
  std::string error;
  bool fired = false;
  try {
    const ArmedFault fault(n);
    error = infer_shapes("NceLossGrad", inputs).error;
    fired = fault.fired();
  } catch (const std::bad_alloc&) {
    return true;  // of the test's own part
  }
  EXPECT_EQ(error.empty(), !fired) << "fault " << n;
  return fired;
}

TEST_F(Faults, Inference) {
  int64_t n = 1;
  for (bool more = true; more && n < kMostChances; ++n) {
    const int64_t before = living_blocks();
    more = inference_with_fault(n);
    ASSERT_EQ(living_blocks(), before) << "fault " << n << " of an inference loses memory";
  }
  EXPECT_GT(n, 10);
  EXPECT_LT(n, kMostChances);
}

bool same_outputs(const OpResult& a, const OpResult& b) {
  bool same = a.outputs.size() == b.outputs.size();
  for (size_t i = 0; same && i < a.outputs.size(); ++i) same = a.outputs[i].bytes == b.outputs[i].bytes;
  return same;
}

bool draws(const OpNode& node) { return std::string(node.op) == "NceLoss" && !node.has_input(3); }

/// A run with a fault at chance `n`, then one without; whether the fault came.
bool run_with_fault(const OpNode& node, int64_t n) {
  const auto new_kernel = [&] {
    return std::make_unique<OpKernel>(node.op, declare(node.inputs, Declared::kTypes), node.attributes, OpSession{},
                                      node.outputs());
  };
  const std::unique_ptr<OpKernel> kernel = new_kernel(), fresh = new_kernel();
  EXPECT_EQ(kernel->error(), "");
  OpCall call(*kernel, node.inputs);
  OrtStatus* status = nullptr;
  bool fired = false;
  {
    const ArmedFault fault(n);
    status = call.compute();
    fired = fault.fired();
  }
  const std::string error = text_of(status);
  if (!fired) {
    EXPECT_EQ(error, "") << node.op;
    return false;
  }
  expect_clean(error, node, n);
  const OpResult after = kernel->run(node.inputs);
  EXPECT_EQ(after.error, "") << node.op << ": after fault " << n;
  // A run that had drawn before memory failed has used its place in the stream.
  const bool first = same_outputs(after, fresh->run(node.inputs));
  EXPECT_TRUE(first || (draws(node) && same_outputs(after, fresh->run(node.inputs)))) << node.op << ": fault " << n;
  return true;
}

TEST_F(Faults, Runs) {
  for (const OpNode& node : one_node_of_every_op(kSizes, 3)) {
    int64_t n = 1;
    for (bool more = true; more && n < kMostChances; ++n) {
      const int64_t before = living_blocks();
      more = run_with_fault(node, n);
      ASSERT_EQ(living_blocks(), before) << node.op << ": fault " << n << " of a run loses memory";
      ASSERT_FALSE(HasFailure());
    }
    EXPECT_GT(n, 5) << node.op;
    EXPECT_LT(n, kMostChances) << node.op;
  }
}

TEST(ParallelFor, AnExceptionOfATaskReachesTheCaller) {
  const ops::CurrentApi current(op_api());
  ThreadExecutor threads(4);
  OpMemory memory;
  OrtKernelContext context;
  context.threads = &threads;
  context.memory = &memory;
  ops::RunContext run(&context);
  for (const int64_t failing : {0, 7, 99}) {
    std::atomic<int> done{0};
    EXPECT_THROW(kernels::parallel_for(run, 100,
                                       [&](int64_t i) {
                                         ++done;
                                         if (i >= failing) ops::invalid("NceLoss: of a task");
                                       }),
                 ops::Error);
    EXPECT_EQ(done, 100);
    EXPECT_THROW(kernels::parallel_for(run, 100, [](int64_t) { throw 7; }), int);
  }
  EXPECT_NO_THROW(kernels::parallel_for(run, 100, [](int64_t) {}));
}

}  // namespace
}  // namespace ortnce::test
