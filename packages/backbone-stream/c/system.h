// Threads, locks and aligned memory, under one name each for POSIX and for Windows.
#ifndef STREAM_SYSTEM_H
#define STREAM_SYSTEM_H
#include <stdlib.h>

#if defined _WIN32
#define WIN32_LEAN_AND_MEAN
#include <malloc.h>
#include <windows.h>

typedef SRWLOCK Lock;
typedef CONDITION_VARIABLE Signal;
typedef HANDLE Thread;
#define THREAD_RESULT DWORD WINAPI

static void make_lock(Lock *lock) { InitializeSRWLock(lock); }
static void free_lock(Lock *lock) { (void)lock; }
static void take_lock(Lock *lock) { AcquireSRWLockExclusive(lock); }
static void give_lock(Lock *lock) { ReleaseSRWLockExclusive(lock); }
static void make_signal(Signal *signal) { InitializeConditionVariable(signal); }
static void free_signal(Signal *signal) { (void)signal; }
static void await_signal(Signal *signal, Lock *lock) { SleepConditionVariableSRW(signal, lock, INFINITE, 0); }
static void send_signal(Signal *signal) { WakeAllConditionVariable(signal); }
static int start_thread(Thread *thread, DWORD(WINAPI *run)(void *), void *argument) {
  return (*thread = CreateThread(0, 0, run, argument, 0, 0)) != 0;
}
static void join_thread(Thread thread) {
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}
static void *aligned_memory(size_t alignment, size_t bytes) { return _aligned_malloc(bytes, alignment); }
static void free_aligned(void *memory) { _aligned_free(memory); }

#else
#include <pthread.h>

typedef pthread_mutex_t Lock;
typedef pthread_cond_t Signal;
typedef pthread_t Thread;
#define THREAD_RESULT void *

static void make_lock(Lock *lock) { pthread_mutex_init(lock, 0); }
static void free_lock(Lock *lock) { pthread_mutex_destroy(lock); }
static void take_lock(Lock *lock) { pthread_mutex_lock(lock); }
static void give_lock(Lock *lock) { pthread_mutex_unlock(lock); }
static void make_signal(Signal *signal) { pthread_cond_init(signal, 0); }
static void free_signal(Signal *signal) { pthread_cond_destroy(signal); }
static void await_signal(Signal *signal, Lock *lock) { pthread_cond_wait(signal, lock); }
static void send_signal(Signal *signal) { pthread_cond_broadcast(signal); }
static int start_thread(Thread *thread, void *(*run)(void *), void *argument) { return pthread_create(thread, 0, run, argument) == 0; }
static void join_thread(Thread thread) { pthread_join(thread, 0); }
static void *aligned_memory(size_t alignment, size_t bytes) {
  void *memory;
  return posix_memalign(&memory, alignment, bytes) ? 0 : memory;
}
static void free_aligned(void *memory) { free(memory); }

#endif
#endif
