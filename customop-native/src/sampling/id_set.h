// A set of ids for drawing without replacement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ortnce::sampling {

/// Holds up to `capacity` distinct ids of [0, range_max) in memory of O(capacity) bytes: a bitmap
/// over the range where that is small, else an open-addressing hash table.
class IdSet {
 public:
  /// Bytes the set needs; the same two arguments must be given to the constructor.
  static size_t bytes(int64_t range_max, int64_t capacity) {
    return uses_bitmap(range_max, capacity) ? bitmap_words(range_max) * sizeof(uint64_t)
                                            : table_size(capacity) * sizeof(int64_t);
  }

  /// `storage` holds bytes(range_max, capacity) bytes, aligned to 8.
  IdSet(void* storage, int64_t range_max, int64_t capacity)
      : slots_(static_cast<uint64_t*>(storage)), bitmap_(uses_bitmap(range_max, capacity)) {
    if (bitmap_) {
      std::memset(storage, 0, bitmap_words(range_max) * sizeof(uint64_t));
    } else {
      std::memset(storage, 0xFF, table_size(capacity) * sizeof(int64_t));
      mask_ = table_size(capacity) - 1;
    }
  }

  /// Adds `id`; false if it was there already.
  bool insert(int64_t id) {
    const auto key = static_cast<uint64_t>(id);
    if (bitmap_) {
      uint64_t& word = slots_[key >> 6];
      const uint64_t bit = uint64_t{1} << (key & 63);
      const bool is_new = (word & bit) == 0;
      word |= bit;
      return is_new;
    }
    uint64_t& slot = slots_[find(key)];
    const bool is_new = slot == kEmpty;
    slot = key;
    return is_new;
  }

  bool contains(int64_t id) const {
    const auto key = static_cast<uint64_t>(id);
    if (bitmap_) return (slots_[key >> 6] >> (key & 63) & 1) != 0;
    return slots_[find(key)] == key;
  }

 private:
  static constexpr uint64_t kEmpty = ~uint64_t{0};  // no id: ids are not negative

  /// The slot of the hash table that holds `key`, or the empty one where it belongs.
  size_t find(uint64_t key) const {
    size_t slot = hash(key) & mask_;
    while (slots_[slot] != key && slots_[slot] != kEmpty) slot = (slot + 1) & mask_;
    return slot;
  }

  static size_t bitmap_words(int64_t range_max) { return (static_cast<size_t>(range_max) + 63) / 64; }

  /// 16 bytes an id is what the hash table costs at its least load.
  static bool uses_bitmap(int64_t range_max, int64_t capacity) { return range_max / 128 <= capacity; }

  static size_t table_size(int64_t capacity) {
    size_t size = 16;
    while (size < 2 * static_cast<size_t>(capacity)) size *= 2;
    return size;
  }

  static size_t hash(uint64_t key) {
    key *= 0x9E3779B97F4A7C15u;
    return static_cast<size_t>(key ^ (key >> 32));
  }

  uint64_t* slots_;
  size_t mask_ = 0;
  bool bitmap_;
};

}  // namespace ortnce::sampling
