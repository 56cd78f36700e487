// Stands in for the symbols newer than glibc 2.28 that the static runtime of CUDA would ask for: glibc 2.34
// moved these functions to libc from libraries of their own, under a new version. They are local to this
// library and jump to the versions that every glibc has.
#if defined(__linux__) && defined(__x86_64__)

__asm__(R"(
  .text
  .macro forward name, version = GLIBC_2.2.5
  .symver ortnce_\name, \name@\version
  .globl \name
  .type \name, @function
\name:
  jmp *ortnce_\name@GOTPCREL(%rip)
  .size \name, . - \name
  .endm

  .irp name, dlclose, dlerror, dlopen, dlsym, dlvsym, shm_open, shm_unlink
  forward \name
  .endr
  forward dlmopen, GLIBC_2.3.4

  .irp name, pthread_create, pthread_detach, pthread_join, pthread_kill
  forward \name
  .endr
  .irp name, pthread_getspecific, pthread_key_create, pthread_key_delete, pthread_setspecific
  forward \name
  .endr
  .irp name, pthread_condattr_setpshared, pthread_mutex_trylock, pthread_mutexattr_destroy, pthread_mutexattr_init
  forward \name
  .endr
  .irp name, pthread_mutexattr_setpshared, pthread_mutexattr_settype
  forward \name
  .endr
  .irp name, pthread_rwlock_destroy, pthread_rwlock_init, pthread_rwlock_rdlock, pthread_rwlock_timedrdlock
  forward \name
  .endr
  .irp name, pthread_rwlock_timedwrlock, pthread_rwlock_tryrdlock, pthread_rwlock_trywrlock, pthread_rwlock_unlock
  forward \name
  .endr
  .irp name, pthread_rwlock_wrlock, pthread_rwlockattr_destroy, pthread_rwlockattr_init, pthread_rwlockattr_setpshared
  forward \name
  .endr
  .irp name, pthread_spin_destroy, pthread_spin_init, pthread_spin_lock, pthread_spin_trylock, pthread_spin_unlock
  forward \name
  .endr
  .irp name, sem_destroy, sem_init, sem_post, sem_timedwait, sem_trywait, sem_wait
  forward \name
  .endr
)");

#endif
