#include "cuda_emulation/shared_memory.h"

#include <cstring>

namespace ortnce::emulation {

SharedMemory::SharedMemory(size_t bytes, Findings& findings)
    : bytes_(bytes, 0xFF), words_((bytes + 3) / 4), findings_(findings) {}

template <class Visit>
void SharedMemory::for_each_word(int thread, const void* at, size_t bytes, Visit visit) {
  const auto offset = reinterpret_cast<uintptr_t>(at) - reinterpret_cast<uintptr_t>(bytes_.data());
  if (offset > bytes_.size() || bytes > bytes_.size() - offset) {
    findings_.add("thread %d: %zu bytes at offset %zd of %zu bytes of shared memory", thread, bytes,
                  static_cast<ssize_t>(offset), bytes_.size());
    return;
  }
  if (offset % bytes != 0) findings_.add("thread %d: %zu bytes at offset %zu are not aligned", thread, bytes, offset);
  for (size_t word = offset / 4; word * 4 < offset + bytes; ++word) visit(words_[word], word);
}

void SharedMemory::read(int thread, const void* from, size_t bytes) {
  for_each_word(thread, from, bytes, [&](Word& word, size_t index) {
    if (word.expected_by != kNobody) {
      findings_.add("thread %d reads word %zu before the copy of thread %d arrives", thread, index, word.expected_by);
    } else if (word.writer == kNobody) {
      findings_.add("thread %d reads word %zu, which nobody wrote", thread, index);
    } else if (word.writer != thread && word.written == epoch_) {
      findings_.add("thread %d reads word %zu, written by thread %d without a barrier", thread, index, word.writer);
    }
    word.reader = word.read == epoch_ && word.reader != thread ? kSeveral : thread;
    word.read = epoch_;
  });
}

void SharedMemory::begin_read(const void* from, size_t bytes) {
  for_each_word(kSeveral, from, bytes, [&](Word& word, size_t index) {
    if (word.expected_by != kNobody) {
      findings_.add("products read word %zu before the copy of thread %d arrives", index, word.expected_by);
    } else if (word.writer == kNobody) {
      findings_.add("products read word %zu, which nobody wrote", index);
    }
    ++word.readers;
  });
}

void SharedMemory::end_read(const void* from, size_t bytes) {
  for_each_word(kSeveral, from, bytes, [&](Word& word, size_t) { --word.readers; });
}

void SharedMemory::check_write(int thread, const Word& word, size_t index) {
  if (word.expected_by != kNobody) {
    findings_.add("thread %d writes word %zu before the copy of thread %d arrives", thread, index, word.expected_by);
  }
  if (word.readers > 0) findings_.add("thread %d writes word %zu, which products still read", thread, index);
  if (word.writer != thread && word.written == epoch_) {
    findings_.add("thread %d writes word %zu after thread %d without a barrier", thread, index, word.writer);
  }
  if (word.reader != thread && word.read == epoch_) {
    findings_.add("thread %d writes word %zu, which another reads without a barrier", thread, index);
  }
}

void SharedMemory::write(int thread, const void* to, size_t bytes) {
  for_each_word(thread, to, bytes, [&](Word& word, size_t index) {
    check_write(thread, word, index);
    word.writer = thread;
    word.written = epoch_;
  });
}

void SharedMemory::update(const void* at, size_t bytes) {
  for_each_word(kSeveral, at, bytes, [&](Word& word, size_t index) {
    if (word.writer == kNobody) findings_.add("word %zu is updated, which nobody wrote", index);
    check_write(kSeveral, word, index);
    word.writer = kSeveral;
    word.written = epoch_;
  });
}

void SharedMemory::expect(int thread, const void* to, size_t bytes) {
  for_each_word(thread, to, bytes, [&](Word& word, size_t index) {
    check_write(thread, word, index);
    word.expected_by = thread;
  });
}

void SharedMemory::arrive(int thread, void* to, const void* from, size_t bytes) {
  bool inside = false;
  for_each_word(thread, to, bytes, [&](Word& word, size_t) {
    word.expected_by = kNobody;
    word.writer = thread;
    word.written = epoch_;
    inside = true;
  });
  if (inside) std::memcpy(to, from, bytes);
}

}  // namespace ortnce::emulation
