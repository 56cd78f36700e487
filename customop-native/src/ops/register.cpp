// The library's one entry point.
#include <onnxruntime_c_api.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "ops/abi_edge.h"
#ifdef ORTNCE_CUDA
#include "ops/cuda/cuda_ops.h"
#endif
#include "ops/message.h"
#include "ops/ops.h"
#include "ops/ort_api.h"
#include "platform/instruction_set.h"

namespace ortnce::ops {
namespace {

constexpr const char* kDomain = "org.ortnce";

/// Older runtimes crash on a skipped optional input or leak scratch memory.
constexpr int kOldestRuntime[3] = {1, 24, 1};

std::atomic<const OrtApi*> runtime_api{nullptr};

bool is_supported(const char* version) {
  int found[3] = {0, 0, 0};
  if (std::sscanf(version, "%d.%d.%d", &found[0], &found[1], &found[2]) < 2) return false;
  for (int i = 0; i < 3; ++i) {
    if (found[i] != kOldestRuntime[i]) return found[i] > kOldestRuntime[i];
  }
  return true;
}

/// All ops live in one domain object: ONNX Runtime keeps the pointer and refuses a second one.
OrtCustomOpDomain* domain() {
  static std::mutex mutex;
  static OrtCustomOpDomain* domain = nullptr;
  const std::lock_guard<std::mutex> lock(mutex);
  if (domain == nullptr) {
    OrtCustomOpDomain* created = nullptr;
    check(api().CreateCustomOpDomain(kDomain, &created));
    check(api().CustomOpDomain_Add(created, nce_loss_op()));
    check(api().CustomOpDomain_Add(created, nce_loss_grad_op()));
    check(api().CustomOpDomain_Add(created, full_sigmoid_loss_op()));
    check(api().CustomOpDomain_Add(created, full_sigmoid_loss_shard_op()));
    check(api().CustomOpDomain_Add(created, combine_full_sigmoid_loss_op()));
    check(api().CustomOpDomain_Add(created, top_k_classes_op()));
    check(api().CustomOpDomain_Add(created, accidental_hits_op()));
    check(api().CustomOpDomain_Add(created, deduplicate_indexed_slices_op()));
    check(api().CustomOpDomain_Add(created, apply_gradients_op()));
    check(api().CustomOpDomain_Add(created, library_info_op()));
    for (const OrtCustomOp* op : candidate_sampler_ops()) check(api().CustomOpDomain_Add(created, op));
#ifdef ORTNCE_CUDA
    for (const OrtCustomOp* op : cuda_ops()) check(api().CustomOpDomain_Add(created, op));
#endif
    domain = created;
  }
  return domain;
}

void check_instruction_set() {
  if (platform::forced_level_is_available()) return;
  const char* const forced = std::getenv(platform::kInstructionSetVariable);
  invalid(format("ortnce: environment variable %s must be one of %s on this processor, got \"%.64s\"",
                 platform::kInstructionSetVariable, platform::available_levels(), forced == nullptr ? "" : forced));
}

}  // namespace

const OrtApi& api() { return *runtime_api.load(std::memory_order_acquire); }

}  // namespace ortnce::ops

/// Registers the ops of domain org.ortnce with the session options. ONNX Runtime calls it by name.
extern "C" __attribute__((visibility("default"))) OrtStatus* RegisterCustomOps(OrtSessionOptions* options,
                                                                               const OrtApiBase* base) {
  using namespace ortnce::ops;
  const char* const version = base->GetVersionString();
  const OrtApi* const found = base->GetApi(kApiVersion);
  if (found == nullptr || !is_supported(version)) {
    const Error error(ORT_NOT_IMPLEMENTED,
                      format("ortnce %s needs ONNX Runtime %d.%d.%d or newer, this is %.32s", ORTNCE_VERSION,
                             kOldestRuntime[0], kOldestRuntime[1], kOldestRuntime[2], version));
    return base->GetApi(1)->CreateStatus(error.code(), error.text());
  }
  runtime_api.store(found, std::memory_order_release);
  return guarded("ortnce", [&] {
    check_instruction_set();
    check(api().AddCustomOpDomain(options, domain()));
  });
}
