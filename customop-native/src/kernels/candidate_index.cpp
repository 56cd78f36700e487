#include "kernels/candidate_index.h"

#include <algorithm>

namespace ortnce::kernels {
namespace {

bool before(const CandidateIndex::Entry& a, const CandidateIndex::Entry& b) {
  return a.id != b.id ? a.id < b.id : a.position < b.position;
}

CandidateIndex::Entry* with_positions(const int64_t* sampled, int64_t count, CandidateIndex::Entry* entries) {
  for (int64_t k = 0; k < count; ++k) entries[k] = {sampled[k], k};
  return entries;
}

}  // namespace

CandidateIndex::CandidateIndex(Entry* entries, int64_t count) : begin_(entries), end_(entries + count) {
  std::sort(entries, entries + count, before);
}

CandidateIndex::CandidateIndex(const int64_t* sampled, int64_t count, Entry* entries)
    : CandidateIndex(with_positions(sampled, count, entries), count) {}

const CandidateIndex::Entry* CandidateIndex::find(int64_t id, int64_t position) const {
  const Entry* entry = std::lower_bound(begin_, end_, Entry{id, position}, before);
  return entry != end_ && entry->id == id ? entry : nullptr;
}

const CandidateIndex::Entry* CandidateIndex::end() const { return end_; }

}  // namespace ortnce::kernels
