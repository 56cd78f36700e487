#include "kernels/cuda/hopper/trial.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/full_sigmoid_loss.h"
#include "kernels/cuda/hopper/loss_run.h"
#include "kernels/cuda/nce_forward.h"

namespace ortnce::kernels::cuda {
namespace {

/// Tiles of examples, of columns and of numbers, none of them whole, several a block; hits among them.
constexpr int64_t kBatch = 150, kClasses = 700, kSampled = 600;

struct TrialCase {
  ElementType type;
  int64_t dim;  // up to 512 the tiles of examples stay in shared memory
  bool all_classes;
};

constexpr TrialCase kCases[] = {{ElementType::kFloat16, 200, false},
                                {ElementType::kBfloat16, 584, false},
                                {ElementType::kFloat16, 584, true},
                                {ElementType::kBfloat16, 200, true}};

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

/// Numbers in device memory.
class StoredNumbers {
 public:
  StoredNumbers(ElementType type, int64_t count, uint32_t seed, Stream stream)
      : numbers_(numbers(type, count, seed)), block_(bytes()), status_(block_.status()) {
    if (status_.ok()) status_ = copy_to_device(block_.data(), numbers_.data(), bytes(), stream);
  }

  const Status& status() const { return status_; }
  const void* data() const { return block_.data(); }

 private:
  size_t bytes() const { return numbers_.size() * sizeof numbers_[0]; }

  std::vector<uint16_t> numbers_;  // while the copy may be on its way
  DeviceBlock block_;
  Status status_;
};

/// The losses of a problem, or of its batch over all classes.
Status losses_of(const DeviceNceProblem& problem, Stream stream, std::vector<float>* losses) {
  const bool all_classes = problem.sample.all_classes;
  RunBytes bytes;
  all_classes ? full_sigmoid_loss_bytes(problem.batch, kClasses, &bytes) : nce_forward_bytes(problem, &bytes);
  std::vector<unsigned char> host(bytes.host);
  losses->assign(kBatch, -1);
  const size_t loss_bytes = losses->size() * sizeof(float);
  const DeviceBlock device(bytes.device), block(loss_bytes);
  const RunMemory memory{host.data(), device.data()};
  auto* const loss = static_cast<float*>(block.data());
  Status status = device.status().ok() ? block.status() : device.status();
  if (status.ok()) status = copy_to_device(loss, losses->data(), loss_bytes, stream);
  if (status.ok()) {
    status = all_classes ? full_sigmoid_loss(problem.batch, kClasses, Reduction::kNone, memory, stream, loss)
                         : nce_forward(problem, Reduction::kNone, memory, stream, loss);
  }
  return status.ok() ? copy_to_host(losses->data(), loss, loss_bytes, stream) : status;
}

Status try_case(const TrialCase& c, Stream stream, bool* same) {
  const StoredNumbers inputs(c.type, kBatch * c.dim, 1, stream), weights(c.type, kClasses * c.dim, 2, stream);
  const StoredNumbers biases(c.type, kClasses, 3, stream);
  for (const StoredNumbers* stored : {&inputs, &weights, &biases}) {
    if (!stored->status().ok()) return stored->status();
  }
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
  const void* const partitions[] = {weights.data()};
  const int64_t sizes[] = {kClasses};
  DeviceNceProblem problem;
  problem.batch.batch = kBatch;
  problem.batch.num_true = 1;
  problem.batch.dim = c.dim;
  problem.batch.type = problem.batch.classes.type = c.type;
  problem.batch.inputs = inputs.data();
  problem.batch.labels = labels.data();
  problem.batch.classes.num_partitions = 1;
  problem.batch.classes.partitions = partitions;
  problem.batch.classes.sizes = sizes;
  problem.batch.classes.biases = biases.data();
  problem.sample = kAllClasses;
  if (!c.all_classes) {
    problem.sample = {false, kSampled, candidates.data(), true_counts.data(), sampled_counts.data()};
  }
  problem.mask_hits = true;

  std::vector<float> expected, found;
  Status status = losses_of(problem, stream, &expected);
  problem.batch.hopper = HopperKernels::kWherePossible;
  if (status.ok()) status = losses_of(problem, stream, &found);
  for (size_t i = 0; status.ok() && i < found.size(); ++i) {
    if (!(std::fabs(found[i] - expected[i]) <= 1e-5f * expected[i])) *same = false;
  }
  return status;
}

/// What was found out of the current device.
Status may_use(bool* allowed) {
  static std::mutex mutex;
  static std::map<int, bool> known;
  int device = 0, capability = 0;
  Status status = current_device(&device);
  if (status.ok()) status = compute_capability(device, &capability);
  *allowed = false;
  if (!status.ok() || capability != 90) return status;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = known.find(device);
  if (found != known.end()) return *allowed = found->second, Status{};
  bool same = false;
  status = hopper_trial(&same);
  if (status.ok()) known.emplace(device, same);
  *allowed = status.ok() && same;
  if (status.ok() || out_of_memory(status)) return {};
  return {status.code, "the trial of its kernels for compute capability 9.0, which ORTNCE_CUDA_KERNELS=portable omits",
          status.reason};
}

}  // namespace

Status hopper_trial(bool* same) {
  *same = true;
  const OwnStream stream;
  Status status = stream.status();
  for (const TrialCase& c : kCases) {
    if (status.ok()) status = try_case(c, stream.get(), same);
  }
  return status;
}

Status allow_hopper(const Sample& sample, int64_t columns, DeviceBatch* batch) {
  batch->hopper = HopperKernels::kWhereFaster;
  bool allowed = hopper_takes(*batch, sample, columns);
  Status status;
  if (allowed) {
    const char* const kernels = std::getenv(kCudaKernelsVariable);
    if (kernels == nullptr || *kernels == 0) {
      status = may_use(&allowed);
    } else {
      allowed = false;
      if (std::strcmp(kernels, "portable") != 0) {
        status = {1, kCudaKernelsVariable, "its value is neither empty nor \"portable\""};
      }
    }
  }
  if (!allowed) batch->hopper = HopperKernels::kNever;
  return status;
}

}  // namespace ortnce::kernels::cuda
