#include "kernels/id_groups.h"

#include <algorithm>

namespace ortnce::kernels {
namespace {

using Entry = IdGroups::Entry;

/// Below this many entries the counts of a radix sort cost more than the comparisons of another.
constexpr int64_t kRadixEntries = 128;

/// Digits have at most this many bits: their counts stay in the first-level cache.
constexpr int kDigitBits = 11;

/// Sorts by id, keeping the order of equal ids; ids have `bits` bits. The result lies in `entries` or
/// in `spare`, [count] both.
Entry* sort_by_id(Entry* entries, Entry* spare, int64_t count, int bits) {
  if (count < kRadixEntries) {
    std::sort(entries, entries + count,
              [](const Entry& a, const Entry& b) { return a.id != b.id ? a.id < b.id : a.source < b.source; });
    return entries;
  }
  const int passes = static_cast<int>(ceil_div(bits, kDigitBits));
  const int digit_bits = static_cast<int>(ceil_div(bits, passes));
  const int64_t digits = int64_t{1} << digit_bits;
  for (int shift = 0; shift < passes * digit_bits; shift += digit_bits) {
    const auto digit = [&](const Entry& entry) { return (entry.id >> shift) & (digits - 1); };
    int64_t next[int64_t{1} << kDigitBits];  // where the next entry of each digit goes
    std::fill_n(next, digits, 0);
    for (int64_t i = 0; i < count; ++i) ++next[digit(entries[i])];
    int64_t before = 0;
    for (int64_t d = 0; d < digits; ++d) {
      const int64_t of_digit = next[d];
      next[d] = before;
      before += of_digit;
    }
    for (int64_t i = 0; i < count; ++i) spare[next[digit(entries[i])]++] = entries[i];
    std::swap(entries, spare);
  }
  return entries;
}

}  // namespace

int64_t IdGroups::room(int64_t count) {
  int64_t entries = 0;
  const bool overflow = __builtin_add_overflow(count, 1, &entries) || __builtin_mul_overflow(entries, 2, &entries);
  return overflow ? -1 : entries;
}

IdGroups::IdGroups(Entry* entries, int64_t count) {
  Entry* const spare = entries + count;
  int64_t greatest = 1;
  for (int64_t i = 0; i < count; ++i) {
    sorted_ &= i == 0 || entries[i - 1].id <= entries[i].id;
    greatest |= entries[i].id;
  }
  Entry* const sorted =
      sorted_ ? entries : sort_by_id(entries, spare, count, 64 - __builtin_clzll(static_cast<uint64_t>(greatest)));
  // The other half is free again: two numbers fit into an entry, and one entry more is there.
  auto* const starts = reinterpret_cast<int64_t*>(sorted == entries ? spare : entries);
  for (int64_t i = 0; i < count; ++i) {
    starts[count_] = i;
    count_ += i == 0 || sorted[i].id != sorted[i - 1].id;
  }
  starts[count_] = count;
  entries_ = sorted;
  starts_ = starts;
}

int64_t IdGroups::first_group(int64_t occurrence) const {
  return std::lower_bound(starts_, starts_ + count_, occurrence) - starts_;
}

void IdGroups::write_ids(int64_t* ids) const {
  for (int64_t group = 0; group < count_; ++group) ids[group] = begin(group)->id;
}

}  // namespace ortnce::kernels
