// Threads that share the steps of one stream. Whoever is free takes the next step whose stage is not at work; so the film goes through
// the stages as through a pipeline, and no stage belongs to a thread.
#ifndef STREAM_POOL_H
#define STREAM_POOL_H
#include "backbone.h"
#include "system.h"

typedef struct Pool Pool;

typedef struct {
  Pool *pool;
  Thread thread;
  char *scratch;
} Worker;

struct Pool {
  Stream *stream;
  Lock lock;      // of all that follows, and of the stream's counters
  Signal changed; // a step was done, or there is work, or it is over
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
  take_lock(&pool->lock);
  while (!pool->over) {
    Step step = {0, 0, 0, 0};
    if (pool->open) step = choose_step(pool->stream, pool->busy);
    if (step.frames == 0) {
      if (is_caller && pool->at_work == 0) break;
      pool->waiting++;
      await_signal(&pool->changed, &pool->lock);
      pool->waiting--;
      continue;
    }
    pool->busy[step.stage] = 1;
    pool->at_work++;
    give_lock(&pool->lock);
    run_step(pool->stream, step, worker->scratch);
    take_lock(&pool->lock);
    finish_step(pool->stream, step);
    pool->busy[step.stage] = 0;
    pool->at_work--;
    if (pool->waiting) send_signal(&pool->changed);
  }
  give_lock(&pool->lock);
}

static THREAD_RESULT helper(void *worker) {
  work(worker, 0);
  return 0;
}

static void free_pool(Pool *pool) {
  take_lock(&pool->lock);
  pool->over = 1;
  send_signal(&pool->changed);
  give_lock(&pool->lock);
  for (int i = 0; i < pool->workers; i++) {
    if (i > 0) join_thread(pool->worker[i].thread);
    free_aligned(pool->worker[i].scratch);
  }
  free_signal(&pool->changed);
  free_lock(&pool->lock);
  free(pool->busy);
  free(pool);
}

// As many threads as the system gives, up to `threads` with the caller; 0 without memory.
static Pool *make_pool(Stream *stream, int threads) {
  Pool *pool = calloc(1, sizeof(Pool) + (unsigned long)threads * sizeof(Worker));
  if (!pool) return 0;
  pool->stream = stream;
  make_lock(&pool->lock);
  make_signal(&pool->changed);
  pool->busy = calloc((unsigned long)stream->backbone->stages, 1);
  for (int i = 0; pool->busy && i < threads; i++) {
    Worker *worker = &pool->worker[i];
    worker->pool = pool;
    worker->scratch = aligned_memory(ALIGNMENT, (size_t)stream->scratch_bytes);
    if (!worker->scratch) break;
    if (i > 0 && !start_thread(&worker->thread, helper, worker)) {
      free_aligned(worker->scratch);
      break;
    }
    pool->workers++;
  }
  if (pool->workers > 0) return pool;
  free_pool(pool);
  return 0;
}

static void run_pool(Pool *pool) {
  take_lock(&pool->lock);
  pool->open = 1;
  if (pool->waiting) send_signal(&pool->changed);
  give_lock(&pool->lock);
  work(&pool->worker[0], 1);
  take_lock(&pool->lock);
  pool->open = 0;
  give_lock(&pool->lock);
}

#endif
