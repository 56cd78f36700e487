// Stands in for the symbols newer than glibc 2.28 that the static libstdc++ and libgcc of a newer
// build machine would ask for. They are local to this library.
#include "platform/glibc.h"

#ifdef ORTNCE_OLDEST_GLIBC
#include <elf.h>
#include <link.h>
#include <pthread.h>

// glibc 2.34 moved these two here from libpthread, under a new version.
extern "C" {
int ortnce_pthread_once(pthread_once_t* once, void (*routine)());
int ortnce_pthread_key_create(pthread_key_t* key, void (*destroy)(void*));
}
__asm__(".symver ortnce_pthread_once, pthread_once@" ORTNCE_OLDEST_GLIBC);
__asm__(".symver ortnce_pthread_key_create, __pthread_key_create@" ORTNCE_OLDEST_GLIBC);

namespace {

/// What glibc 2.35's _dl_find_object reports; the unwinder reads eh_frame only.
struct FoundObject {
  unsigned long long flags;
  void* map_start;
  void* map_end;
  void* link_map;
  void* eh_frame;
};

struct Search {
  ElfW(Addr) address;
  FoundObject* found;
};

/// Whether the object holds the address; if so, notes its unwind table.
int visit_object(dl_phdr_info* object, size_t, void* data) {
  const Search& search = *static_cast<Search*>(data);
  bool inside = false;
  void* eh_frame = nullptr;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    const ElfW(Addr) start = object->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD && search.address >= start && search.address - start < segment.p_memsz) {
      inside = true;
      search.found->map_start = reinterpret_cast<void*>(start);
      search.found->map_end = reinterpret_cast<void*>(start + segment.p_memsz);
    }
    if (segment.p_type == PT_GNU_EH_FRAME) eh_frame = reinterpret_cast<void*>(start);
  }
  if (!inside || eh_frame == nullptr) return 0;
  search.found->eh_frame = eh_frame;
  return 1;
}

}  // namespace

extern "C" {

int pthread_once(pthread_once_t* once, void (*routine)()) { return ortnce_pthread_once(once, routine); }

int __pthread_key_create(pthread_key_t* key, void (*destroy)(void*)) { return ortnce_pthread_key_create(key, destroy); }

/// Never "single-threaded": reference counts stay atomic.
char __libc_single_threaded = 0;

/// Finds the unwind table of the code at `address`; 0 on success. Named for the linker alone:
/// newer C headers declare _dl_find_object themselves.
int ortnce_find_object(void* address, FoundObject* found) __asm__("_dl_find_object");
int ortnce_find_object(void* address, FoundObject* found) {
  *found = FoundObject{};
  Search search{reinterpret_cast<ElfW(Addr)>(address), found};
  return dl_iterate_phdr(visit_object, &search) == 1 ? 0 : -1;
}
}
#endif
