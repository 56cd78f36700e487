// Accidental hits among the logits of sampled candidates.
#pragma once

#include "kernels/cpu/logits_tile-inl.h"
#include "kernels/cpu/nce_block.h"

namespace ortnce::kernels::cpu {
namespace {

/// Walks the accidental hits of one label in order of position.
struct HitCursor {
  const CandidateIndex::Entry* entry;  // next hit, or null
  const CandidateIndex::Entry* end;
  int64_t id;
};

/// The hits of label j of `example` at or after candidate `first`.
HitCursor hits_of(const NceProblem& p, int64_t example, int64_t j, int64_t first) {
  const int64_t at = example * p.num_true + j;
  const bool counted = p.true_rows[at] != nullptr;
  return {counted ? p.hits->find(p.labels[at], first) : nullptr, p.hits->end(), p.labels[at]};
}

/// Sets the logits of accidental hits in candidates [first, first + kWidth) to -infinity, whose
/// softplus and sigmoid are 0.
void mask_hits(HitCursor& c, int64_t first, float* logits) {
  if (c.entry == nullptr) return;
  for (; c.entry != c.end && c.entry->id == c.id && c.entry->position < first + kWidth; ++c.entry) {
    logits[c.entry->position - first] = kMinusInfinity;
  }
}

/// Labels of an example whose hits are tracked from panel to panel; with more, each panel looks
/// them up again.
constexpr int64_t kTrackedLabels = 16;

/// The accidental hits of some examples, candidate by candidate.
class Hits {
 public:
  Hits(const NceProblem& p, int64_t example, int64_t count, int64_t first)
      : p_(p), example_(example), tracked_(p.hits != nullptr && p.num_true <= kTrackedLabels) {
    for (int64_t e = 0; tracked_ && e < count; ++e) {
      for (int64_t j = 0; j < p.num_true; ++j) cursors_[e * p.num_true + j] = hits_of(p, example + e, j, first);
    }
  }

  /// Masks those of example `e` among the logits of candidates [k, k + kWidth), k ascending.
  void mask(int64_t e, int64_t k, float* logits) {
    for (int64_t j = 0; p_.hits != nullptr && j < p_.num_true; ++j) {
      HitCursor fresh = tracked_ ? HitCursor{} : hits_of(p_, example_ + e, j, k);
      mask_hits(tracked_ ? cursors_[e * p_.num_true + j] : fresh, k, logits);
    }
  }

 private:
  const NceProblem& p_;
  int64_t example_;
  bool tracked_;
  HitCursor cursors_[kRows * kTrackedLabels];
};

}  // namespace
}  // namespace ortnce::kernels::cpu
