#include "kernels/cuda/hopper/trial.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/nce_forward.h"

namespace ortnce::kernels::cuda {
namespace {

/// More than one tile of examples, of candidates and of numbers, none of them whole; hits among them.
constexpr int64_t kBatch = 150, kClasses = 700, kSampled = 600, kDim = 200;

/// Small multiples of 1/8, by a linear congruential generator.
std::vector<uint16_t> numbers(ElementType type, int64_t count, uint32_t seed) {
  std::vector<uint16_t> bits(static_cast<size_t>(count));
  for (uint16_t& number : bits) {
    seed = seed * 1664525 + 1013904223;
    const float x = static_cast<float>(static_cast<int>(seed >> 28) - 8) / 8;
    uint32_t wide;
    std::memcpy(&wide, &x, sizeof wide);
    // x is exact in both types: a float16 has 5 bits of exponent, 112 less than those of a float.
    const uint32_t half = (wide >> 16 & 0x8000) | (((wide & 0x7fffffff) >> 13) - (112 << 10));
    const uint32_t half_or_zero = x == 0 ? 0 : half;
    number = static_cast<uint16_t>(type == ElementType::kBfloat16 ? wide >> 16 : half_or_zero);
  }
  return bits;
}

/// The losses of a problem.
Status losses(const DeviceNceProblem& problem, std::vector<float>* losses) {
  RunBytes bytes;
  if (!nce_forward_bytes(problem, &bytes)) return {1, "hopper_trial", "sizes"};
  std::vector<unsigned char> host(bytes.host);
  losses->assign(kBatch, -1);
  const size_t loss_bytes = losses->size() * sizeof(float);
  const DeviceBlock device(bytes.device), loss(loss_bytes);
  Status status = device.status().ok() ? loss.status() : device.status();
  if (status.ok()) status = copy_to_device(loss.data(), losses->data(), loss_bytes, nullptr);
  if (status.ok()) {
    status = nce_forward(problem, Reduction::kNone, {host.data(), device.data()}, nullptr,
                         static_cast<float*>(loss.data()));
  }
  return status.ok() ? copy_to_host(losses->data(), loss.data(), loss_bytes, nullptr) : status;
}

bool agree(ElementType type) {
  const std::vector<uint16_t> inputs = numbers(type, kBatch * kDim, 1), weights = numbers(type, kClasses * kDim, 2);
  const DeviceBlock device_inputs(inputs.size() * 2), device_weights(weights.size() * 2);
  if (!device_inputs.status().ok() || !device_weights.status().ok()) return false;
  if (!copy_to_device(device_inputs.data(), inputs.data(), inputs.size() * 2, nullptr).ok()) return false;
  if (!copy_to_device(device_weights.data(), weights.data(), weights.size() * 2, nullptr).ok()) return false;
  std::vector<int64_t> labels(kBatch), candidates(kSampled);
  std::vector<float> true_counts(kBatch), sampled_counts(kSampled);
  for (size_t i = 0; i < labels.size(); ++i) {
    labels[i] = static_cast<int64_t>(i * 5 % kClasses);
    true_counts[i] = 0.25f + static_cast<float>(i % 7);
  }
  for (size_t k = 0; k < candidates.size(); ++k) {
    candidates[k] = static_cast<int64_t>(k * 11 % kClasses);
    sampled_counts[k] = 0.5f + static_cast<float>(k % 5);
  }
  const void* const partitions[] = {device_weights.data()};
  const int64_t sizes[] = {kClasses};
  DeviceNceProblem problem;
  problem.batch.batch = kBatch;
  problem.batch.num_true = 1;
  problem.batch.dim = kDim;
  problem.batch.type = problem.batch.classes.type = type;
  problem.batch.inputs = device_inputs.data();
  problem.batch.labels = labels.data();
  problem.batch.classes.num_partitions = 1;
  problem.batch.classes.partitions = partitions;
  problem.batch.classes.sizes = sizes;
  problem.sample = {false, kSampled, candidates.data(), true_counts.data(), sampled_counts.data()};
  problem.mask_hits = true;

  std::vector<float> expected, found;
  if (!losses(problem, &expected).ok()) return false;
  problem.batch.hopper = HopperKernels::kWherePossible;
  if (!losses(problem, &found).ok()) return false;
  for (size_t i = 0; i < found.size(); ++i) {
    if (!(std::fabs(found[i] - expected[i]) <= 1e-5f * expected[i])) return false;
  }
  return true;
}

bool may_use_hopper(int device) {
  const char* const kernels = std::getenv(kCudaKernelsVariable);
  if (kernels != nullptr && std::strcmp(kernels, "portable") == 0) return false;
  int capability = 0;
  return compute_capability(device, &capability).ok() && capability == 90 && hopper_trial();
}

}  // namespace

bool hopper_trial() { return agree(ElementType::kFloat16) && agree(ElementType::kBfloat16); }

HopperKernels device_hopper_kernels() {
  static std::mutex mutex;
  static std::map<int, bool> known;
  int device = 0;
  if (!current_device(&device).ok()) return HopperKernels::kNever;
  const std::lock_guard<std::mutex> lock(mutex);
  auto found = known.find(device);
  if (found == known.end()) found = known.emplace(device, may_use_hopper(device)).first;
  return found->second ? HopperKernels::kWhereFaster : HopperKernels::kNever;
}

}  // namespace ortnce::kernels::cuda
