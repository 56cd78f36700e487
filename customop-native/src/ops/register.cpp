// The library's one entry point.
#include <onnxruntime_c_api.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

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

bool is_supported(const char* version) {
  int found[3] = {0, 0, 0};
  if (std::sscanf(version, "%d.%d.%d", &found[0], &found[1], &found[2]) < 2) return false;
  for (int i = 0; i < 3; ++i) {
    if (found[i] != kOldestRuntime[i]) return found[i] > kOldestRuntime[i];
  }
  return true;
}

/// What one runtime was given. ONNX Runtime keeps the pointers.
struct Registration {
  std::vector<OpOfRuntime> ops;
  OrtCustomOpDomain* domain = nullptr;
};

std::vector<OpOfRuntime> all_ops(const OrtApi& runtime_api) {
  std::vector<OpOfRuntime> ops;
  for (const auto make : {nce_loss_op, nce_loss_grad_op, full_sigmoid_loss_op, full_sigmoid_loss_shard_op,
                          combine_full_sigmoid_loss_op, top_k_classes_op, accidental_hits_op,
                          deduplicate_indexed_slices_op, apply_gradients_op, library_info_op}) {
    ops.push_back(make(runtime_api));
  }
  for (OpOfRuntime& op : candidate_sampler_ops(runtime_api)) ops.push_back(std::move(op));
#ifdef ORTNCE_CUDA
  for (OpOfRuntime& op : cuda_ops(runtime_api)) ops.push_back(std::move(op));
#endif
  return ops;
}

Registration new_registration(const OrtApi& runtime_api) {
  Registration made{all_ops(runtime_api)};
  check(runtime_api.CreateCustomOpDomain(kDomain, &made.domain));
  try {
    for (const OpOfRuntime& op : made.ops) check(runtime_api.CustomOpDomain_Add(made.domain, op.get()));
  } catch (...) {
    runtime_api.ReleaseCustomOpDomain(made.domain);
    throw;
  }
  return made;
}

/// The domain object of a runtime: it refuses a second one of the name. A runtime may be unloaded, and another
/// one loaded to its address, which may be of another version.
OrtCustomOpDomain* domain(const OrtApi& runtime_api, const char* version) {
  using Key = std::pair<const OrtApi*, std::string>;
  static std::mutex mutex;
  // Never freed: sessions may run while the process exits.
  static auto* const registrations = new std::map<Key, Registration>;
  const std::lock_guard<std::mutex> lock(mutex);
  const Key key{&runtime_api, version};
  const auto found = registrations->find(key);
  if (found != registrations->end()) return found->second.domain;
  return registrations->emplace(key, new_registration(runtime_api)).first->second.domain;
}

void check_instruction_set() {
  if (platform::forced_level_is_available()) return;
  const char* const forced = std::getenv(platform::kInstructionSetVariable);
  invalid(format("ortnce: environment variable %s must be one of %s on this processor, got %s",
                 platform::kInstructionSetVariable, platform::available_levels(),
                 quoted(forced == nullptr ? "" : forced).c_str()));
}

#ifdef __SANITIZE_ADDRESS__
/// In one block of the runtime's arena the tensor behind it hides that a tensor is read past its end.
void keep_tensors_apart(OrtSessionOptions* options) {
  check(api().DisableCpuMemArena(options));
  check(api().DisableMemPattern(options));
}
#else
void keep_tensors_apart(OrtSessionOptions*) {}
#endif

}  // namespace
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
  return guarded(*found, "ortnce", [&] {
    check_instruction_set();
    keep_tensors_apart(options);
    check(api().AddCustomOpDomain(options, domain(*found, version)));
  });
}
