// Preloaded into a JVM (LD_PRELOAD), makes the n-th call on a file below a directory fail: creation, write, sync or
// rename. ORTNCE_FAIL_BELOW is the directory; ORTNCE_FAIL_CONTROL is a file of three ints that the test maps too.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

struct Control {
  int countdown;  // calls until one fails, that one included; 0 is never
  int sticky;     // whether all later calls fail too, as on a full disk
  int failures;   // calls that failed
};

Control* control() {
  static Control* const shared = [] {
    const char* path = getenv("ORTNCE_FAIL_CONTROL");
    const int fd = path == nullptr ? -1 : open(path, O_RDWR);
    void* memory =
        fd < 0 ? MAP_FAILED : mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return memory == MAP_FAILED ? nullptr : static_cast<Control*>(memory);
  }();
  return shared;
}

bool is_below(const char* path) {
  const char* directory = getenv("ORTNCE_FAIL_BELOW");
  return directory != nullptr && path != nullptr && strncmp(path, directory, strlen(directory)) == 0;
}

bool fails(const char* path) {
  if (!is_below(path)) return false;
  Control* c = control();
  if (c == nullptr) return false;
  const int left = __atomic_load_n(&c->countdown, __ATOMIC_SEQ_CST);
  if (left == 0 || (left > 1 && __atomic_sub_fetch(&c->countdown, 1, __ATOMIC_SEQ_CST) >= 1)) return false;
  if (!c->sticky) __atomic_store_n(&c->countdown, 0, __ATOMIC_SEQ_CST);
  __atomic_add_fetch(&c->failures, 1, __ATOMIC_SEQ_CST);
  errno = ENOSPC;
  return true;
}

bool fails(int fd) {
  char link[64];
  char path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return false;
  path[length] = 0;
  return fails(path);
}

template <typename Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int opened(const char* name, const char* path, int flags, mode_t mode) {
  if ((flags & O_CREAT) != 0 && fails(path)) return -1;
  return next<int (*)(const char*, int, ...)>(name)(path, flags, mode);
}

mode_t mode_of(int flags, va_list rest) { return (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0; }

}  // namespace

extern "C" {

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return opened("open64", path, flags, mode);
}

ssize_t write(int fd, const void* bytes, size_t count) {
  return fails(fd) ? -1 : next<ssize_t (*)(int, const void*, size_t)>("write")(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  return fails(fd) ? -1 : next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64")(fd, bytes, count, offset);
}

int fsync(int fd) { return fails(fd) ? -1 : next<int (*)(int)>("fsync")(fd); }

int fdatasync(int fd) { return fails(fd) ? -1 : next<int (*)(int)>("fdatasync")(fd); }

int rename(const char* from, const char* to) noexcept {
  return fails(to) ? -1 : next<int (*)(const char*, const char*)>("rename")(from, to);
}

}  // extern "C"
