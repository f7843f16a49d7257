// The gate-shift module on a stream of frames.
//
// Of a frame's first `fold` channels x, a gate in [-1, 1] for each half and position lets gate * x through. What it lets through of the
// first half goes one frame back, of the second half one frame forward, and the rest stays:
//   shifted[t] = x[t] - moved[t] + moved[t + 1] (first half) or moved[t - 1] (second half), moved = gate * x.
// Gates are tanh of a 3x3x3 convolution over time, height and width of relu(x * scale + offset); outside of the clip that is 0, and so is
// what is moved. So frame t is shifted once frame t + 2 is there.
//
// Each half is interleaved afterwards; code that uses the result packs its weights in the order of shift_place() instead.
#ifndef STREAM_GATE_H
#define STREAM_GATE_H
#include "arena.h"
#include "functions.h"

// Frames after the one that is shifted which have to be known.
#define GATE_LOOKAHEAD 2
// Frames whose planes are kept: one before, one after.
#define GATE_FRAMES 3
// Vectors of positions that are computed together.
#define MOST_GATE_VECTORS 8

typedef struct {
  int fold;
  float *scale, *offset;  // [fold]
  float *filter;          // [fold][3 time][3][3]
  float bias[2];          // of each half
  int *in_first_half;     // [padded fold], ones (-1) or zeros
} Gate;

static void lay_out_gate(Arena *arena, Gate *gate, int fold) {
  gate->fold = fold;
  gate->scale = take_floats(arena, fold);
  gate->offset = take_floats(arena, fold);
  gate->filter = take_floats(arena, fold * 27L);
  gate->in_first_half = take_ints(arena, padded(fold));
}

// Takes scale [fold], offset [fold], filter [2][fold / 2][3][3][3] and bias [2], one after the other; returns what follows.
static const float *pack_gate(Gate *gate, const float *values) {
  int fold = gate->fold;
  copy_floats(gate->scale, values, fold);
  copy_floats(gate->offset, values + fold, fold);
  copy_floats(gate->filter, values + 2 * fold, fold * 27L);
  values += 29L * fold;
  copy_floats(gate->bias, values, 2);
  for (int c = 0; c < fold; c++) gate->in_first_half[c] = c < fold / 2 ? -1 : 0;
  return values + 2;
}

// Where channel c of what the module gives lies in what is computed here: a half of [2][fold / 4] channels was to be transposed.
INLINE int shift_place(int fold, int c) {
  int half = fold / 2, within = c % half;
  return c - within + within % 2 * (half / 2) + within / 2;
}

// A frame's channels as planes of [height + 2][width + 2] with a border of zeros, walked as flat arrays: what is computed at border
// columns is dropped.
typedef struct {
  int height, width;
  int pitch; // width + 2
  int span;  // positions walked, whole vectors
  int plane; // floats of a plane; no tap of any position leaves it
} Planes;

static Planes planes_of(int height, int width) {
  Planes p = {height, width, width + 2, 0, 0};
  p.span = padded(height * p.pitch);
  p.plane = padded(p.span + 2 * p.pitch + 2);
  return p;
}

typedef struct {
  Planes planes;
  float *seen;  // [GATE_FRAMES][fold][plane]
  float *gates; // [2][span], of one frame
  float *moved; // [height * width][padded fold], of the last frame that has gates
  float *shifted; // [capacity][height * width][padded fold], a ring; a frame is complete once the frame after it has gates
  int capacity;
  int known; // frames that were seen
  int gated; // frames that have gates
} GateState;

INLINE float *shifted_frame(const Gate *gate, const GateState *state, int t) {
  return state->shifted + (long)(t % state->capacity) * state->planes.height * state->planes.width * padded(gate->fold);
}

// `capacity`: shifted frames that are kept.
static void lay_out_gate_state(Arena *arena, GateState *state, const Gate *gate, int height, int width, int capacity) {
  state->planes = planes_of(height, width);
  state->seen = take_floats(arena, (long)GATE_FRAMES * gate->fold * state->planes.plane);
  state->gates = take_floats(arena, 2L * state->planes.span);
  long frame = (long)height * width * padded(gate->fold);
  state->moved = take_floats(arena, frame);
  state->shifted = take_floats(arena, capacity * frame);
  state->capacity = capacity;
  state->known = state->gated = 0;
}

INLINE void transpose_quads(quad v[4]) {
  quad low = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5), high = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
  quad low2 = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5), high2 = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
  v[0] = __builtin_shufflevector(low, low2, 0, 1, 4, 5);
  v[1] = __builtin_shufflevector(low, low2, 2, 3, 6, 7);
  v[2] = __builtin_shufflevector(high, high2, 0, 1, 4, 5);
  v[3] = __builtin_shufflevector(high, high2, 2, 3, 6, 7);
}

INLINE quad normalized_quad(const float *x, const float *scale, const float *offset) {
  quad value = load_quad(x) * load_quad(scale) + load_quad(offset);
  typedef int quad_mask __attribute__((vector_size(16)));
  return (quad)((quad_mask)value & ~(quad_mask)(value < (quad){0}));
}

// relu(x * scale + offset) of x [height * width][pixel] as planes.
static void see_frame(const Gate *gate, GateState *state, const float *x, int pixel) {
  Planes p = state->planes;
  float *planes = state->seen + (long)(state->known % GATE_FRAMES) * gate->fold * p.plane;
  for (int i = 0; i < p.height; i++) {
    float *row = planes + (i + 1) * p.pitch + 1;
    int j = 0;
    for (; j + 4 <= p.width; j += 4, x += 4 * pixel)
      for (int c = 0; c < gate->fold; c += 4) {
        quad v[4];
        UNROLL
        for (int k = 0; k < 4; k++) v[k] = normalized_quad(x + k * pixel + c, gate->scale + c, gate->offset + c);
        transpose_quads(v);
        UNROLL
        for (int k = 0; k < 4; k++) store_quad(row + (long)(c + k) * p.plane + j, v[k]);
      }
    for (; j < p.width; j++, x += pixel)
      for (int c = 0; c < gate->fold; c += 4) {
        quad v = normalized_quad(x + c, gate->scale + c, gate->offset + c);
        UNROLL
        for (int k = 0; k < 4; k++) row[(long)(c + k) * p.plane + j] = v[k];
      }
  }
  state->known++;
}

// `count` vectors of one half's gate: its channels in the frames there are. Few vectors have a sum for each row of taps, so that additions
// don't wait for each other.
INLINE void gate_positions(int count, const float *const frames[3], const float *filter, int half, int pitch, long plane,
                           float bias, float *out) {
  const int chains = count > 2 ? 1 : 3;
  lanes sums[3][MOST_GATE_VECTORS];
  UNROLL
  for (int p = 0; p < chains; p++)
    UNROLL
    for (int v = 0; v < count; v++) sums[p][v] = p == 0 ? splat(bias) : zeros();
  for (int t = 0; t < 3; t++) {
    if (!frames[t]) continue;
    const float *from = frames[t], *taps = filter + t * 9;
    for (int c = 0; c < half; c++, from += plane, taps += 27)
      UNROLL
      for (int p = 0; p < 3; p++)
        UNROLL
        for (int q = 0; q < 3; q++) {
          lanes weight = splat(taps[p * 3 + q]);
          UNROLL
          for (int v = 0; v < count; v++)
            sums[p % chains][v] = mul_add(load(from + p * pitch + q + v * LANES), weight, sums[p % chains][v]);
        }
  }
  UNROLL
  for (int v = 0; v < count; v++)
    store(out + v * LANES, hyperbolic_tangent(chains == 1 ? sums[0][v] : sums[0][v] + sums[1][v] + sums[2][v]));
}

// Both gates of the frame `state->gated`. The frame after it has been seen, unless it is the last.
static void compute_gates(const Gate *gate, const GateState *state) {
  Planes p = state->planes;
  int half = gate->fold / 2;
  for (int h = 0; h < 2; h++) {
    const float *frames[3];
    for (int k = 0; k < 3; k++) {
      int t = state->gated + k - 1;
      frames[k] = t < 0 || t >= state->known ? 0 : state->seen + ((long)(t % GATE_FRAMES) * gate->fold + h * half) * p.plane;
    }
    for (int i = 0, vectors; i < p.span; i += vectors * LANES) {
      const float *at[3];
      for (int k = 0; k < 3; k++) at[k] = frames[k] ? frames[k] + i : 0;
#define GATE(n)                                                                                                             \
  case n:                                                                                                                   \
    gate_positions(n, at, gate->filter + h * half * 27L, half, p.pitch, p.plane, gate->bias[h], state->gates + h * p.span + i); \
    break;
      vectors = smaller(MOST_GATE_VECTORS, (p.span - i) / LANES);
      if (vectors > 4 && vectors < MOST_GATE_VECTORS) vectors = 4;
      if (vectors == 3) vectors = 2;
      switch (vectors) { GATE(8) GATE(4) GATE(2) GATE(1) }
#undef GATE
    }
  }
}

// Gates of the frame `state->gated`, which is x [height * width][pixel], and where they move it: the frame before is complete then.
static void shift_frame(const Gate *gate, GateState *state, const float *x, int pixel) {
  compute_gates(gate, state);
  Planes p = state->planes;
  int width = padded(gate->fold), t = state->gated;
  float *moved = state->moved, *shifted = shifted_frame(gate, state, t);
  float *before = t > 0 ? shifted_frame(gate, state, t - 1) : 0;
  for (int i = 0; i < p.height; i++)
    for (int j = 0; j < p.width; j++, x += pixel, moved += width, shifted += width) {
      lanes first = splat(state->gates[i * p.pitch + j]), second = splat(state->gates[p.span + i * p.pitch + j]);
      for (int c = 0; c < width; c += LANES) {
        int_lanes in_first_half = load_ints(gate->in_first_half + c);
        lanes value = load(x + c), moves = value * choose(in_first_half, first, second), stays = value - moves;
        if (before) {
          store(before + c, load(before + c) + (lanes)((int_lanes)moves & in_first_half));
          stays += (lanes)((int_lanes)load(moved + c) & ~in_first_half);
        }
        store(moved + c, moves);
        store(shifted + c, stays);
      }
      if (before) before += width;
    }
  state->gated++;
}

#endif
