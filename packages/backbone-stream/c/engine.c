// Compiled once for each set of instructions, with ENGINE defined.
#include "engine.h"
#include "pool.h"

static void *zeroed(long bytes) {
  void *memory = aligned_memory(ALIGNMENT, (size_t)(bytes > 0 ? bytes : ALIGNMENT));
  return memory ? __builtin_memset(memory, 0, (size_t)bytes) : 0;
}

static int widest_layer(const int *config) {
  int widest = config[0];
  for (int i = 0; i < config[3]; i++) widest = larger(widest, config[4 + i]);
  return widest;
}

static void *make_backbone(const int *config, const float *weights) {
  Arena count = {0, 0};
  lay_out_backbone(&count, config);
  int widest = widest_layer(config);
  int *order = malloc(2 * sizeof(int) * (unsigned long)widest);
  Arena arena = {zeroed(count.used), 0};
  Backbone *backbone = 0;
  if (order && arena.base) {
    backbone = lay_out_backbone(&arena, config);
    pack_backbone(backbone, weights, order, widest);
  } else {
    free_aligned(arena.base);
  }
  free(order);
  return backbone; // the first thing in its memory
}

static void *make_stream(const void *backbone, int height, int width, int threads) {
  Arena count = {0, 0};
  lay_out_stream(&count, backbone, height, width, threads);
  Arena arena = {zeroed(count.used), 0};
  if (!arena.base) return 0;
  Pool *pool = make_pool(lay_out_stream(&arena, backbone, height, width, threads), threads);
  if (!pool) free_aligned(arena.base);
  return pool;
}

static void free_stream(void *pool) {
  Stream *stream = ((Pool *)pool)->stream;
  free_pool(pool);
  free_aligned(stream); // the first thing in its memory
}

static void restart(void *pool) { restart_stream(((Pool *)pool)->stream); }

static int run(void *pool, const void *frames, int is_bytes, int count, int drain, int ended, float *output) {
  Stream *stream = ((Pool *)pool)->stream;
  give_frames(stream, frames, is_bytes, count, drain, ended, output);
  run_pool(pool);
  return stream->emitted - stream->output_first;
}

static int features(const void *backbone) { return ((const Backbone *)backbone)->features; }

const Engine ENGINE = {
  .make_backbone = make_backbone,
  .free_backbone = free_aligned,
  .make_stream = make_stream,
  .free_stream = free_stream,
  .restart = restart,
  .run = run,
  .features = features,
};
