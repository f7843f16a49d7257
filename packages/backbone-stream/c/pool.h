// Threads that share the steps of one stream. Whoever is free takes the next step whose stage is not at work; so the film goes through
// the stages as through a pipeline, and no stage belongs to a thread.
#ifndef STREAM_POOL_H
#define STREAM_POOL_H
#include <pthread.h>
#include <stdlib.h>
#include "backbone.h"

typedef struct Pool Pool;

typedef struct {
  Pool *pool;
  pthread_t thread;
  char *scratch;
} Worker;

struct Pool {
  Stream *stream;
  pthread_mutex_t lock;   // of all that follows, and of the stream's counters
  pthread_cond_t changed; // a step was done, or there is work, or it is over
  unsigned char *busy;    // for each stage
  int at_work;            // stages
  int waiting;            // threads
  int open;               // whether the caller waits for features
  int over;
  int workers;     // threads with the caller, which is worker 0
  Worker worker[]; // [workers]
};

// Takes steps until there are none left (the caller) or until the pool is over.
static void work(Worker *worker, int is_caller) {
  Pool *pool = worker->pool;
  pthread_mutex_lock(&pool->lock);
  while (!pool->over) {
    Step step = {0, 0, 0, 0};
    if (pool->open) step = choose_step(pool->stream, pool->busy);
    if (step.frames == 0) {
      if (is_caller && pool->at_work == 0) break;
      pool->waiting++;
      pthread_cond_wait(&pool->changed, &pool->lock);
      pool->waiting--;
      continue;
    }
    pool->busy[step.stage] = 1;
    pool->at_work++;
    pthread_mutex_unlock(&pool->lock);
    run_step(pool->stream, step, worker->scratch);
    pthread_mutex_lock(&pool->lock);
    finish_step(pool->stream, step);
    pool->busy[step.stage] = 0;
    pool->at_work--;
    if (pool->waiting) pthread_cond_broadcast(&pool->changed);
  }
  pthread_mutex_unlock(&pool->lock);
}

static void *helper(void *worker) {
  work(worker, 0);
  return 0;
}

static void free_pool(Pool *pool) {
  pthread_mutex_lock(&pool->lock);
  pool->over = 1;
  pthread_cond_broadcast(&pool->changed);
  pthread_mutex_unlock(&pool->lock);
  for (int i = 0; i < pool->workers; i++) {
    if (i > 0) pthread_join(pool->worker[i].thread, 0);
    free(pool->worker[i].scratch);
  }
  pthread_cond_destroy(&pool->changed);
  pthread_mutex_destroy(&pool->lock);
  free(pool->busy);
  free(pool);
}

// As many threads as the system gives, up to `threads` with the caller; 0 without memory.
static Pool *make_pool(Stream *stream, int threads) {
  Pool *pool = calloc(1, sizeof(Pool) + (unsigned long)threads * sizeof(Worker));
  if (!pool) return 0;
  pool->stream = stream;
  pthread_mutex_init(&pool->lock, 0);
  pthread_cond_init(&pool->changed, 0);
  pool->busy = calloc((unsigned long)stream->backbone->stages, 1);
  for (int i = 0; pool->busy && i < threads; i++) {
    Worker *worker = &pool->worker[i];
    void *scratch;
    worker->pool = pool;
    if (posix_memalign(&scratch, ALIGNMENT, (unsigned long)stream->scratch_bytes)) break;
    worker->scratch = scratch;
    if (i > 0 && pthread_create(&worker->thread, 0, helper, worker)) {
      free(scratch);
      break;
    }
    pool->workers++;
  }
  if (pool->workers > 0) return pool;
  free_pool(pool);
  return 0;
}

static void run_pool(Pool *pool) {
  pthread_mutex_lock(&pool->lock);
  pool->open = 1;
  if (pool->waiting) pthread_cond_broadcast(&pool->changed);
  pthread_mutex_unlock(&pool->lock);
  work(&pool->worker[0], 1);
  pthread_mutex_lock(&pool->lock);
  pool->open = 0;
  pthread_mutex_unlock(&pool->lock);
}

#endif
