#include "ops/nce_batch.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "ops/labels.h"
#include "ops/message.h"

namespace ortnce::ops {
namespace {

using Index = NceLossInput;

bool is_count(float count) { return std::isfinite(count) && count > 0; }

[[noreturn]] void bad_count(const char* op, const char* name, const std::string& index, float count) {
  invalid(format("%s: %s[%s] = %g must be finite and > 0", op, name, index.c_str(), static_cast<double>(count)));
}

}  // namespace

NceBatch::NceBatch(const char* op, const NceLossAttributes& attributes, std::vector<InputTensor> inputs,
                   Workspace& workspace)
    : op_(op),
      attributes_(attributes),
      inputs_(std::move(inputs)),
      sizes_(check_nce_loss(op, attributes, specs_of(inputs_))),
      labels_count_(elements(op, inputs_[Index::kLabels].spec.dims)),
      workspace_(workspace) {
  labels_ = workspace_.reserve<int64_t>(labels_count_);
  candidates_ = workspace_.reserve<int64_t>(sizes_.num_sampled);
  true_count_ = workspace_.reserve<float>(labels_count_);
  sampled_count_ = workspace_.reserve<float>(sizes_.num_sampled);
}

void NceBatch::read() {
  counted_examples_ =
      read_labels(op_, inputs_[Index::kLabels], sizes_.batch, attributes_, sizes_.num_classes, labels());
  if (!sizes_.own_sample) read_sample();
}

NceSample NceBatch::sample() const {
  return {workspace_.at<int64_t>(candidates_), workspace_.at<float>(true_count_), workspace_.at<float>(sampled_count_)};
}

void NceBatch::read_sample() const {
  const NceSample sample = this->sample();
  const int64_t* const labels = this->labels();
  std::copy_n(inputs_[Index::kSampledCandidates].as<int64_t>(), sizes_.num_sampled, sample.candidates);
  std::copy_n(inputs_[Index::kTrueExpectedCount].as<float>(), labels_count(), sample.true_count);
  std::copy_n(inputs_[Index::kSampledExpectedCount].as<float>(), sizes_.num_sampled, sample.sampled_count);
  for (int64_t k = 0; k < sizes_.num_sampled; ++k) {
    if (sample.candidates[k] < 0 || sample.candidates[k] >= sizes_.num_classes) {
      invalid(format("%s: sampled_candidates[%lld] = %lld is outside [0, %lld)", op_, printable(k),
                     printable(sample.candidates[k]), printable(sizes_.num_classes)));
    }
  }
  if (!attributes_.subtract_log_q) return;  // the counts take no part
  for (int64_t at = 0; at < labels_count(); ++at) {
    if (is_count(sample.true_count[at]) || labels[at] == kernels::kIgnoredLabel) continue;
    bad_count(op_, "true_expected_count",
              std::to_string(at / attributes_.num_true) + "," + std::to_string(at % attributes_.num_true),
              sample.true_count[at]);
  }
  for (int64_t k = 0; k < sizes_.num_sampled; ++k) {
    if (is_count(sample.sampled_count[k])) continue;
    bad_count(op_, "sampled_expected_count", std::to_string(k), sample.sampled_count[k]);
  }
}

}  // namespace ortnce::ops
