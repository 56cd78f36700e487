#include <cmath>
#include <cstring>

#include "ops/draw_limits.h"
#include "ops/message.h"
#include "ops/sampler_kernels.h"
#include "ops/step.h"

namespace ortnce::ops {
namespace {

constexpr size_t kUnigrams = 1, kStep = 2;

sampling::UnigramShape read_shape(const char* op, const Attributes& attributes) {
  sampling::UnigramShape shape;
  shape.distortion = attributes.number("distortion", 1);
  shape.num_reserved_ids = attributes.integer("num_reserved_ids", 0);
  shape.num_shards = attributes.integer("num_shards", 1);
  shape.shard = attributes.integer("shard", 0);
  if (!std::isfinite(shape.distortion)) {
    invalid(format("%s: attribute distortion must be finite, got %g", op, static_cast<double>(shape.distortion)));
  }
  if (shape.num_reserved_ids < 0) {
    invalid(format("%s: attribute num_reserved_ids must be >= 0, got %lld", op, printable(shape.num_reserved_ids)));
  }
  if (shape.num_shards < 1) {
    invalid(format("%s: attribute num_shards must be >= 1, got %lld", op, printable(shape.num_shards)));
  }
  if (shape.shard < 0 || shape.shard >= shape.num_shards) {
    invalid(format("%s: attribute shard must be in [0, num_shards = %lld), got %lld", op, printable(shape.num_shards),
                   printable(shape.shard)));
  }
  return shape;
}

}  // namespace

FixedUnigramKernel::FixedUnigramKernel(const OrtKernelInfo* info)
    : SamplerKernel("FixedUnigramCandidateSampler", info, true), shape_(read_shape(op_, Attributes(op_, info))) {
  constexpr int64_t kMaxRange = (int64_t{1} << 32) - 1;
  if (attributes_.range_max > kMaxRange) {
    invalid(format("%s: attribute range_max must be at most %lld, got %lld", op_, printable(kMaxRange),
                   printable(attributes_.range_max)));
  }
  const std::vector<TensorSpec> declared = declared_inputs(info);
  check_declared(declared, kStep);
  if (declared.size() <= kUnigrams || !declared[kUnigrams].present) invalid(format("%s: unigrams is missing", op_));
  check_spec(declared[kUnigrams]);
  if (declared[kUnigrams].dim(0) >= 0) check_length(declared[kUnigrams].dim(0));

  int is_constant = 0;
  const OrtValue* value = nullptr;
  check(api().KernelInfoGetConstantInput_tensor(info, kUnigrams, &is_constant, &value));
  if (is_constant == 0 || value == nullptr) return;
  const InputTensor unigrams = input_tensor(value);
  check_spec(unigrams.spec);  // the runtime declares no shape for a scalar
  table_ = build(unigrams.as<float>(), unigrams.spec.dim(0));
  constant_ = true;
}

void FixedUnigramKernel::check_spec(const TensorSpec& unigrams) const {
  expect_type(op_, unigrams, "unigrams", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
  expect_shape(op_, unigrams, "unigrams", "[ids]", {-1});
}

void FixedUnigramKernel::check_length(int64_t count) const {
  const int64_t size = sampling::shard_size(shape_, count);
  if (size == attributes_.range_max) return;
  invalid(
      format("%s: unigrams has %lld elements, so that shard %lld of %lld with num_reserved_ids = %lld holds %lld "
             "ids, expected range_max = %lld",
             op_, printable(count), printable(shape_.shard), printable(shape_.num_shards),
             printable(shape_.num_reserved_ids), printable(size), printable(attributes_.range_max)));
}

std::shared_ptr<const sampling::FixedUnigram> FixedUnigramKernel::build(const float* unigrams, int64_t count) const {
  check_length(count);
  for (int64_t i = 0; i < count; ++i) {
    if (!std::isfinite(unigrams[i]) || unigrams[i] < 0) {
      invalid(format("%s: unigrams[%lld] = %g must be finite and >= 0", op_, printable(i),
                     static_cast<double>(unigrams[i])));
    }
  }
  std::vector<float> weights(static_cast<size_t>(attributes_.range_max));
  sampling::shard_weights(shape_, unigrams, count, weights.data());
  double total = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (!std::isfinite(weights[i])) {
      invalid(format("%s: unigrams: the weight of id %zu is %g after distortion = %g, expected a finite one", op_, i,
                     static_cast<double>(weights[i]), static_cast<double>(shape_.distortion)));
    }
    total += static_cast<double>(weights[i]);
  }
  if (!(total > 0)) invalid(format("%s: the sum of unigrams must be > 0 in this shard, got %g", op_, total));

  auto table = std::make_shared<const sampling::FixedUnigram>(std::move(weights));
  if (attributes_.unique) {
    if (table->drawable() < attributes_.num_sampled) {
      invalid(format("%s: num_sampled must be at most the %lld ids of weight > 0 with unique = 1, got %lld", op_,
                     printable(table->drawable()), printable(attributes_.num_sampled)));
    }
    check_reach(op_, *table, attributes_.num_sampled);
  }
  return table;
}

std::shared_ptr<const sampling::FixedUnigram> FixedUnigramKernel::table(const InputTensor& unigrams) {
  if (constant_) return table_;
  if (!unigrams.spec.present) invalid(format("%s: unigrams is missing", op_));
  check_spec(unigrams.spec);
  const auto count = static_cast<size_t>(unigrams.spec.dim(0));
  const float* const values = unigrams.as<float>();
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool same = table_ != nullptr && unigrams_.size() == count &&
                    (count == 0 || std::memcmp(unigrams_.data(), values, count * sizeof(float)) == 0);
  if (!same) {
    // Built of a copy, so that a concurrent writer cannot slip in between the checks and the use.
    std::vector<float> copy(values, values + count);
    table_ = build(copy.data(), static_cast<int64_t>(count));
    unigrams_ = std::move(copy);
  }
  return table_;
}

void FixedUnigramKernel::compute(RunContext& context) {
  const RunInputs inputs(context);
  const std::shared_ptr<const sampling::FixedUnigram> distribution = table(inputs[kUnigrams]);
  const SamplerRun run = start(context, inputs, inputs[kStep]);
  sample(context, *distribution, run);
}

}  // namespace ortnce::ops
