// Finds the positions of a class among the sampled candidates: the accidental hits of its examples.
#pragma once

#include <cstdint>

namespace ortnce::kernels {

/// The sampled candidates sorted by id, then by position. Owns no memory.
class CandidateIndex {
 public:
  struct Entry {
    int64_t id;
    int64_t position;
  };

  /// `entries` has room for `count` entries; `sampled`, [count], is read only here.
  CandidateIndex(const int64_t* sampled, int64_t count, Entry* entries);

  /// Of some candidates only: sorts their `count` entries.
  CandidateIndex(Entry* entries, int64_t count);

  /// The first entry of `id` at or after `position`, or null. Its later positions follow it
  /// directly, up to an entry of another id or end().
  const Entry* find(int64_t id, int64_t position) const;

  const Entry* end() const;

 private:
  const Entry* begin_;
  const Entry* end_;
};

}  // namespace ortnce::kernels
