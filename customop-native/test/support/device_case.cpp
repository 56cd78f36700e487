#include "support/device_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "kernels/conversion.h"
#include "support/guarded_workspace.h"

namespace ortnce::test {

using kernels::ElementType;

StoredNumbers::StoredNumbers(ElementType type, float* numbers, int64_t count, int64_t shift)
    : offset_(static_cast<size_t>(shift * kernels::element_bytes(type))),
      bytes_(offset_ + static_cast<size_t>(count * kernels::element_bytes(type))) {
  if (type == ElementType::kFloat) {
    if (count > 0) std::memcpy(data(), numbers, static_cast<size_t>(count) * sizeof(float));
    return;
  }
  kernels::narrow(numbers, count, type, data());
  kernels::widen(type, data(), count, numbers);
}

DeviceCase::DeviceCase(NceCase& nce, const TypePair& types, const Storage& storage, uint64_t seed)
    : nce_(nce), types_(types), strategy_(storage.strategy) {
  const int64_t classes = nce.sizes.num_classes, dim = nce.sizes.dim;
  std::mt19937_64 random(seed);
  std::vector<float>& biases = class_biases_;
  biases.resize(static_cast<size_t>(classes));
  for (float& bias : biases) bias = storage.biases ? 2 * uniform(random) : 0;
  if (storage.biases) biases_.emplace_back(types.weights, biases.data(), classes, 1);
  inputs_.emplace_back(types.inputs, nce.inputs.data(), nce.inputs.size(), storage.shift);

  std::mt19937_64 random_cuts(seed);
  std::vector<int64_t> cuts;  // of "div"
  for (int64_t p = 1; p < storage.partitions; ++p) {
    cuts.push_back(static_cast<int64_t>(random_cuts() % static_cast<uint64_t>(classes + 1)));
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.insert(cuts.begin(), 0);
  cuts.push_back(classes);
  for (int64_t p = 0; p < storage.partitions; ++p) {
    const bool mod = strategy_ == kernels::PartitionStrategy::kMod;
    const auto at = static_cast<size_t>(p);
    sizes_.push_back(mod ? kernels::ClassRows::mod_size(classes, storage.partitions, p) : cuts[at + 1] - cuts[at]);
    std::vector<float> part;
    for (int64_t row = 0; row < sizes_.back(); ++row) {
      const float* const from = nce.weight(mod ? row * storage.partitions + p : cuts[at] + row);
      part.insert(part.end(), from, from + dim);
    }
    rows_.emplace_back(types.weights, part.data(), static_cast<int64_t>(part.size()), storage.shift);
  }
  for (const StoredNumbers& rows : rows_) partitions_.push_back(rows.data());
  StoredNumbers(types.weights, nce.weights.data(), nce.weights.size(), 0);  // rounds them

  const auto draw = [&](std::vector<float>& counts, std::vector<float>& offsets, const std::vector<int64_t>& ids) {
    for (size_t at = 0; at < ids.size(); ++at) {
      counts.push_back(std::exp(3 * uniform(random)));
      const float bias = ids[at] < 0 ? 0 : biases[static_cast<size_t>(ids[at])];
      offsets[at] = static_cast<float>(static_cast<double>(bias) - std::log(static_cast<double>(counts[at])));
    }
  };
  draw(true_counts_, nce.true_offsets, nce.labels);
  draw(sampled_counts_, nce.sampled_offsets, nce.sampled);
}

kernels::cuda::DeviceNceProblem DeviceCase::problem() const {
  kernels::cuda::DeviceNceProblem p;
  p.batch.batch = nce_.sizes.batch;
  p.batch.num_true = nce_.sizes.num_true;
  p.batch.dim = nce_.sizes.dim;
  p.batch.type = types_.inputs;
  p.batch.inputs = inputs_[0].data();
  p.batch.labels = nce_.labels.data();
  for (int64_t i = 0; i < nce_.sizes.batch; ++i) {
    const int64_t* const labels = p.batch.labels + i * nce_.sizes.num_true;
    p.batch.counted_examples +=
        std::any_of(labels, labels + nce_.sizes.num_true, [](int64_t id) { return id != NceCase::kIgnored; });
  }
  p.batch.classes.type = types_.weights;
  p.batch.classes.strategy = strategy_;
  p.batch.classes.num_partitions = static_cast<int64_t>(partitions_.size());
  p.batch.classes.partitions = partitions_.data();
  p.batch.classes.sizes = sizes_.data();
  p.batch.classes.biases = biases_.empty() ? nullptr : biases_[0].data();
  p.batch.tf32 = types_.tf32;
  p.batch.hopper = types_.hopper;
  p.sample = {false, nce_.sizes.num_sampled, nce_.sampled.data(), true_counts_.data(), sampled_counts_.data()};
  p.mask_hits = nce_.mask_hits;
  return p;
}

std::vector<float> DeviceCase::losses(kernels::Reduction reduction) const { return losses(problem(), reduction); }

std::vector<float> DeviceCase::losses(const kernels::cuda::DeviceNceProblem& p, kernels::Reduction reduction) {
  kernels::cuda::RunBytes bytes;
  EXPECT_TRUE(kernels::cuda::nce_forward_bytes(p, &bytes));
  GuardedWorkspace host(bytes.host), device(bytes.device);
  constexpr float kGuard = -777;
  const bool per_example = reduction == kernels::Reduction::kNone;
  std::vector<float> loss(static_cast<size_t>(per_example ? p.batch.batch : 1) + 2,
                          std::numeric_limits<float>::quiet_NaN());
  loss.front() = loss.back() = kGuard;
  const kernels::cuda::Status status =
      kernels::cuda::nce_forward(p, reduction, {host.data(), device.data()}, nullptr, loss.data() + 1);
  EXPECT_TRUE(status.ok()) << status.step << ": " << status.reason;
  EXPECT_TRUE(host.intact() && device.intact()) << "written behind the memory of the run";
  EXPECT_TRUE(loss.front() == kGuard && loss.back() == kGuard) << "written outside loss";
  return {loss.begin() + 1, loss.end() - 1};
}

// Columns: one chain of fused multiply-adds; or on tensor cores a sum cut off, 2 u, for every 8 products, and
// with tf32 both factors rounded to 11 bits. Labels: a chain for each lane, the tree of four chains and the
// tree of 32 lanes.
LogitRoundings DeviceCase::roundings() const {
  const auto dim = static_cast<double>(nce_.sizes.dim);
  const bool tensor_cores = types_.tf32 || types_.inputs != ElementType::kFloat;
  const double tf32 = types_.tf32 ? 2 * 0x1p-11 * 0x1p24 : 0;
  return {tensor_cores ? 2 * std::ceil(dim / 8) + tf32 : dim, std::ceil(dim / 32) + 7};
}

// One chain for each chunk, then an addition. On tensor cores sums of 8 or 16 terms, each cut off three times at most,
// 2 u, are the links of the chain, and a slope is left with 22 bits; with tf32 the chain itself is cut off for every
// 8 terms, and both factors are left with 11 bits. Biases run in double but for the slopes.
SumRoundings DeviceCase::sum_roundings(double of_inputs, double of_candidates) const {
  const bool tensor_cores = types_.tf32 || types_.inputs != ElementType::kFloat;
  const double more = tensor_cores ? 8 + (types_.tf32 ? 2 * 0x1p-11 * 0x1p24 : 0) : 2;
  return {of_inputs + more, of_candidates + more, 1};
}

std::vector<double> DeviceCase::bounds() const {
  const kernels::NceProblem p = nce_.problem();
  std::vector<double> bounds = error_bounds(p, roundings());
  const std::vector<double> losses = reference(p);
  for (size_t i = 0; i < bounds.size(); ++i) bounds[i] += 0x1p-24 * losses[i] + 0x1p-149;  // the loss is a float
  return bounds;
}

}  // namespace ortnce::test
