// Speed of the ops on a GPU, beside the plain matrix product of the same size on the same machine. Prints one
// JSON array. An op is what ONNX Runtime would call: checks and grouping on the host, one copy, kernels.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "device_time.h"
#include "matrix_rate.h"
#include "support/class_op_case.h"
#include "support/nce_op_case.h"
#include "support/test_device.h"

namespace ortnce::test {
namespace {

using kernels::ElementType;

struct Numbers {
  const char* name;
  ElementType type;
  bool tf32;
  Precision product;
};

constexpr Numbers kNumbers[] = {
    {"bfloat16", ElementType::kBfloat16, false, Precision::kBfloat16},
    {"tf32", ElementType::kFloat, true, Precision::kTf32},
    {"float32", ElementType::kFloat, false, Precision::kFloat},
};

struct Sizes {
  int64_t batch, num_sampled, classes, dim;
};

class Bench {
 public:
  explicit Bench(TestDevice* device) : device_(device), stream_(static_cast<cudaStream_t>(device->stream())) {}

  /// `columns`: how many products an example takes part in; `products`: matrix products of the op.
  void measure(const char* op, const Numbers& numbers, const Sizes& sizes, int64_t columns, int products) {
    const double ms = op_ms(op, numbers, sizes);
    const double product = matrix_product_ms(numbers.product, sizes.batch, columns, sizes.dim, device_->stream());
    const double flops = 2e-9 * static_cast<double>(sizes.batch * columns * sizes.dim) * products;
    std::printf("%s\n  {\"op\": \"%s\", \"numbers\": \"%s\", \"B\": %lld, \"S\": %lld, \"V\": %lld, \"D\": %lld, "
                "\"ms\": %.5f, \"tflops\": %.2f, \"product_ms\": %.5f, \"share_of_product_rate\": %.3f}",
                first_ ? "" : ",", op, numbers.name, static_cast<long long>(sizes.batch),
                static_cast<long long>(sizes.num_sampled), static_cast<long long>(sizes.classes),
                static_cast<long long>(sizes.dim), ms, flops / ms, product, product < 0 ? -1 : product * products / ms);
    std::fflush(stdout);
    first_ = false;
  }

 private:
  /// Inputs in turn, so that one batch is not in the cache when it comes again.
  static constexpr int kBatches = 4;

  double op_ms(const std::string& op, const Numbers& numbers, const Sizes& sizes) {
    NceOpCase c;
    c.batch = sizes.batch;
    c.num_true = 1;
    c.num_sampled = sizes.num_sampled;
    c.classes = sizes.classes;
    c.dim = sizes.dim;
    c.inputs_type = c.weights_type = numbers.type;
    c.reduction = "mean";
    c.remove_hits = true;
    OpAttributes attributes = c.attributes();
    attributes.ints["allow_tf32"] = numbers.tf32;
    const auto inputs_of = [&] {
      return op == "FullSigmoidLoss" ? c.full_inputs() : op == "NceLossGrad" ? c.grad_inputs() : c.loss_inputs();
    };
    const std::vector<bool> wanted = op == "NceLossGrad" ? std::vector<bool>{true, true, true, true, true}
                                                         : std::vector<bool>{true, false, false, false};
    std::vector<std::vector<OpTensor>> batches;
    std::vector<std::unique_ptr<OpCall>> calls;
    batches.reserve(kBatches);
    std::unique_ptr<OpKernel> kernel;
    for (int i = 0; i < kBatches; ++i) {
      c.seed = static_cast<uint32_t>(1 + i);
      const std::vector<OpTensor>& inputs = batches.emplace_back(inputs_of());
      if (kernel == nullptr) {
        kernel = std::make_unique<OpKernel>(op.c_str(), types_of(inputs), attributes, OpSession{Provider::kCuda, true},
                                            wanted);
        if (!kernel->error().empty()) throw std::runtime_error(kernel->error());
      }
      calls.push_back(std::make_unique<OpCall>(*kernel, inputs, 1, wanted));
    }
    size_t next = 0;
    std::string error;
    const double ms = median_ms(stream_, [&] {
      const std::string failed = calls[next++ % calls.size()]->run();
      if (!failed.empty()) error = failed;
    });
    if (!error.empty()) throw std::runtime_error(error);
    return ms;
  }

  TestDevice* device_;
  cudaStream_t stream_;
  bool first_ = true;
};

int run() {
  TestDevice* const device = TestDevice::find();
  if (device == nullptr) {
    std::fprintf(stderr, "no CUDA device\n");
    return 77;
  }
  Bench bench(device);
  std::printf("[");
  for (const Numbers& numbers : kNumbers) {
    for (const int64_t batch : {int64_t{1024}, int64_t{8192}}) {
      const Sizes sizes{batch, batch, 200'000, 512};
      bench.measure("NceLoss", numbers, sizes, batch, 1);
      bench.measure("NceLossGrad", numbers, sizes, batch, 3);  // the logits again, inputs_grad, weights_grad
    }
    bench.measure("FullSigmoidLoss", numbers, {1024, 1, 1'000'000, 128}, 1'000'000, 1);
    bench.measure("FullSigmoidLoss", numbers, {8192, 1, 65'536, 512}, 65'536, 1);
  }
  std::printf("\n]\n");
  return 0;
}

}  // namespace
}  // namespace ortnce::test

int main() {
  try {
    return ortnce::test::run();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
