// Blocks out of one piece of memory. Whoever lays something out does so twice: without memory, which only counts bytes, and then
// with as much as was counted.
#ifndef STREAM_ARENA_H
#define STREAM_ARENA_H
#include "lanes.h"

typedef struct {
  char *base; // 0: count only
  long used;  // bytes
} Arena;

// Cache lines, and the widest vectors.
#define ALIGNMENT 64

INLINE void *take_bytes(Arena *arena, long bytes) {
  void *block = arena->base ? arena->base + arena->used : 0;
  arena->used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  return block;
}

INLINE float *take_floats(Arena *arena, long count) { return take_bytes(arena, count * (long)sizeof(float)); }
INLINE int *take_ints(Arena *arena, long count) { return take_bytes(arena, count * (long)sizeof(int)); }

#endif
