// The shared memory of a block, which knows who touched each word and when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cuda_emulation/findings.h"

namespace ortnce::emulation {

/// Finds accesses outside of the block's memory, reads of words that nobody wrote, conflicting accesses of
/// two threads with no barrier between them, and any access to a word that a copy is on its way to.
class SharedMemory {
 public:
  /// Memory full of NaN that nobody has written.
  SharedMemory(size_t bytes, Findings& findings);

  unsigned char* data() { return bytes_.data(); }

  /// A barrier: later accesses are ordered after earlier ones.
  void barrier() { ++epoch_; }

  void read(int thread, const void* from, size_t bytes);
  void write(int thread, const void* to, size_t bytes);

  /// An atomic read and write: several threads may be at it.
  void update(const void* at, size_t bytes);

  /// Reads that last for a while, of threads that barriers of bytes order after the copies.
  void begin_read(const void* from, size_t bytes);
  void end_read(const void* from, size_t bytes);

  /// A copy sets out for `to`, and what it brings arrives.
  void expect(int thread, const void* to, size_t bytes);
  void arrive(int thread, void* to, const void* from, size_t bytes);

 private:
  static constexpr int kNobody = -1, kSeveral = -2;
  struct Word {
    int writer = kNobody, reader = kNobody, expected_by = kNobody;
    int64_t written = -1, read = -1;  // epochs
    int readers = 0;                  // of reads that last
  };

  /// Visits the words of an access, or reports that it lies outside.
  template <class Visit>
  void for_each_word(int thread, const void* at, size_t bytes, Visit visit);
  void check_write(int thread, const Word& word, size_t index);

  std::vector<unsigned char> bytes_;
  std::vector<Word> words_;
  Findings& findings_;
  int64_t epoch_ = 0;
};

}  // namespace ortnce::emulation
