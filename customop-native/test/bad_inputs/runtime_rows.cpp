// Rows C: threads, memory and the runtime itself.
#include <atomic>
#include <cstdlib>
#include <thread>

#include "bad_inputs/change.h"
#include "bad_inputs/rows.h"
#include "support/op_api.h"

namespace ortnce::test {
namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int kRuns = 30;
#else
constexpr int kRuns = 300;
#endif

void seeds_differ() {
  for (OpNode node : {uniform_sampler_node({1, 1, 20, 1, 1000, 1}, 3), log_uniform_sampler_node({1, 1, 20, 1, 1000, 1}, 3)}) {
    const OpResult one = run_node(node);
    node.attributes.ints["seed2"] = 12;
    demand(run_node(node).outputs[0].bytes != one.outputs[0].bytes, "two seeds give one stream");
    node.attributes.ints["seed"] = node.attributes.ints["seed2"] = 0;
    demand(run_node(node).outputs[0].bytes != run_node(node).outputs[0].bytes, "fresh seeds repeat");
  }
}

/// The ids of the inputs change between good and bad while kernels run on them.
void inputs_that_change() {
  for (const auto& [build, input] : {std::pair{nce_loss_of_sample_node, size_t{1}}, {nce_loss_of_sample_node, size_t{3}},
                                     {full_sigmoid_loss_node, size_t{1}}, {accidental_hits_node, size_t{0}},
                                     {deduplicate_node, size_t{0}}, {log_uniform_sampler_node, size_t{0}}}) {
    OpNode node = build({40, 2, 40, 8, 50, 1}, 3);
    auto* const ids = reinterpret_cast<int64_t*>(node.inputs[input].bytes.data());
    const size_t count = node.inputs[input].bytes.size() / sizeof(int64_t);
    const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes);
    std::atomic<bool> done{false};
    std::thread writer([&] {
      for (size_t turn = 0; !done; ++turn) {
        __atomic_store_n(ids + turn % count, turn % 2 == 0 ? INT64_MIN / 2 : 7, __ATOMIC_RELAXED);
        if (turn % 64 == 0) {
          for (size_t i = 0; i < count; ++i) __atomic_store_n(ids + i, 7, __ATOMIC_RELAXED);
        }
      }
    });
    for (int run = 0; run < kRuns; ++run) {
      const std::string error = kernel.run(node.inputs).error;
      if (!error.empty() && error.rfind(std::string(node.op) + ": ", 0) != 0) std::abort();
    }
    done = true;
    writer.join();
  }
}

void too_little_memory() {
  for (const OpNode& node : one_node_of_every_op({5, 2, 20, 9, 40, 2}, 3)) {
    const OpKernel kernel(node.op, declare(node.inputs, Declared::kTypes), node.attributes, {}, node.outputs());
    const OpKernel fresh(node.op, declare(node.inputs, Declared::kTypes), node.attributes, {}, node.outputs());
    limit_op_memory(16);
    const std::string error = kernel.run(node.inputs).error;
    limit_op_memory(size_t{1} << 30);
    const bool of_output = error.rfind("no memory for output", 0) == 0;
    demand(of_output || (error.rfind(node.op, 0) == 0 && error.find("bytes of working memory") != std::string::npos),
           std::string(node.op) + ": " + error);
    demand_same(kernel.run(node.inputs), fresh.run(node.inputs), "the run after one without memory");
  }
}

std::string registration_error(const char* version, bool has_api) {
  static const char* current_version = nullptr;
  static bool offers_api = false;
  current_version = version;
  offers_api = has_api;
  static const OrtApiBase base = {
      [](uint32_t wanted) noexcept { return offers_api || wanted == 1 ? &op_api() : nullptr; },
      []() noexcept { return current_version; }};
  OrtSessionOptions options;
  OrtErrorCode code = ORT_OK;
  const std::string error = text_of(RegisterCustomOps(&options, &base), &code);
  demand(error.empty() || code == ORT_NOT_IMPLEMENTED, "another code");
  return error;
}

void older_runtimes() {
  for (const char* version : {"1.20.0", "1.23.2", "1.24.0", "0.9", "", "x.y", "1"}) {
    const std::string error = registration_error(version, true);
    demand(error.find(std::string("needs ONNX Runtime 1.24.1 or newer, this is ") + version) != std::string::npos,
           version + std::string(": ") + error);
  }
  demand(!registration_error("1.24.1", false).empty(), "an API that is not there was called");
  for (const char* version : {"1.24.1", "1.24.1-dev", "1.25", "1.30.0", "2.0.0"}) {
    demand(registration_error(version, true).empty(), version);
  }
}

void unknown_instruction_set() {
  setenv("ORTNCE_ISA", "avx9", 1);
  static const OrtApiBase base = {[](uint32_t) noexcept { return &op_api(); },
                                  []() noexcept -> const char* { return "1.24.1"; }};
  OrtSessionOptions options;
  OrtErrorCode code = ORT_OK;
  const std::string error = text_of(RegisterCustomOps(&options, &base), &code);
  demand(code == ORT_INVALID_ARGUMENT, "another code");
  demand(error.rfind("ortnce: environment variable ORTNCE_ISA must be one of ", 0) == 0 &&
             error.find("baseline on this processor, got \"avx9\"") != std::string::npos,
         error);
}

void registered_twice() {
  static const OrtApiBase base = {[](uint32_t) noexcept { return &op_api(); },
                                  []() noexcept -> const char* { return "1.24.1"; }};
  OrtSessionOptions options;
  demand(text_of(RegisterCustomOps(&options, &base)).empty(), "the first registration fails");
  const OrtCustomOpDomain* const domain = options.domain;
  demand(text_of(RegisterCustomOps(&options, &base)).empty(), "the second registration fails");
  demand(options.domain == domain, "the runtime is given another domain of the same name");
}

}  // namespace

std::vector<Row> runtime_rows() {
  return {
      {"C03", "the library registered twice", registered_twice},
      {"C04", "two seeds, fresh seeds", seeds_differ},
      {"C06", "inputs that another thread changes", inputs_that_change},
      {"C07", "memory that is not to be had", too_little_memory},
      {"C10", "runtimes that are too old", older_runtimes},
      {"C10+", "an instruction set that is none", unknown_instruction_set},
  };
}

std::vector<OtherRows> rows_of_others() {
  return {
      {"U02, U31-U50", 18, "a vocabulary file is read by Java's UnigramVocabulary; no op opens a file"},
      {"N76", 1, "the biases are one input, not partitions"},
      {"N81", 1, "no attribute names a sampler; unknown attributes are the builder's to refuse"},
      {"G13", 1, "no output has the shape of the weights, and the op offers no input for reuse"},
      {"C01, C08", 2, "64 threads on one kernel, 1 to 16 threads in a run: ortnce_numerics_test"},
      {"C02", 1, "sessions are ONNX Runtime's; the Java sessions hold off close() while a run is under way"},
      {"C09", 1, "every n-th failure: ortnce_fault_test"},
      {"D01-D10", 9, "the CUDA kernels' tests"},
      {"M01-M22", 19, "model files: OnnxModel and the sessions, in Java"},
      {"J01-J34", 29, "the Java API"},
      {"X01-X13", 11, "export, in Java"},
  };
}

}  // namespace ortnce::test
