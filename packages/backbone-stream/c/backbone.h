// The whole backbone, and a stream of frames through it.
//
// A stream is a row of stages: the stem, then the blocks. Between two of them lies a queue of frames. A stage can run as soon as enough
// frames wait for it and there is room for what it makes; which stages run when, and on which thread, changes no digit.
#ifndef STREAM_BACKBONE_H
#define STREAM_BACKBONE_H
#include "block.h"
#include "stem.h"

typedef struct {
  int stages; // the stem and every block
  int features;
  Stem stem;
  Block *blocks;
} Backbone;

// config: stem width, group width, gate shifts (0 or 1), number n of widths, n widths, n depths.
static Backbone *lay_out_backbone(Arena *arena, const int *config) {
  Backbone counted = {0}, *b = take_bytes(arena, sizeof(Backbone));
  if (!b) b = &counted;
  int inputs = config[0], group_width = config[1], gate_shift = config[2], widths = config[3];
  const int *width = config + 4, *depth = width + widths;
  int blocks = 0;
  for (int i = 0; i < widths; i++) blocks += depth[i];
  b->stages = blocks + 1;
  b->features = width[widths - 1];
  b->blocks = take_bytes(arena, blocks * (long)sizeof(Block));
  lay_out_stem(arena, &b->stem, inputs);
  for (int i = 0, k = 0; i < widths; i++)
    for (int j = 0; j < depth[i]; j++, k++) {
      Block one;
      lay_out_block(arena, b->blocks ? &b->blocks[k] : &one, inputs, width[i], group_width, j == 0, gate_shift);
      inputs = width[i];
    }
  return arena->base ? b : 0;
}

// Takes all weights, as the stem and every block say. `order`: room for twice as many numbers as the widest layer has channels.
static void pack_backbone(Backbone *b, const float *values, int *order, int widest) {
  values = pack_stem(&b->stem, values, b->blocks[0].inputs);
  for (int k = 0; k + 1 < b->stages; k++) values = pack_block(&b->blocks[k], values, order, order + widest);
}

// Frames that wait for a stage, in a ring of [capacity][frame] floats.
typedef struct {
  float *frames;
  long frame;
  int capacity;
  int received, emitted; // frames that came, and that are done with, since the start
} Queue;

INLINE float *queue_frame(const Queue *q, int t) { return q->frames + t % q->capacity * q->frame; }

// A block at work on a stream.
typedef struct {
  int chunk; // most frames that go through together
  Geometry geometry;
  Queue queue;
  GateState gate;
} BlockState;

typedef struct {
  const Backbone *backbone;
  int height, width;
  Normalization normalization;
  BlockState *blocks;
  long scratch_bytes; // of each thread
  // what the caller gives and takes
  int given;         // frames since the start
  int taken;         // of them by the stem
  int total;         // frames of the clip, or -1 until its end is known
  const char *input; // of the frame `input_first` and what follows it
  int input_first, is_bytes;
  int drain;     // whether chunks may be less than whole
  float *output; // features of the frame `output_first` and what follows it
  int output_first, emitted;
} Stream;

// Input frames of a chunk fit the second cache with what is made of them; late blocks' weights are read once for as many frames. Many
// threads take fewer at a time, so that a clip is long enough to keep all of them busy.
#define CHUNK_BYTES (400 * 1024)
#define MOST_CHUNK(threads) ((threads) <= 2 ? 16 : (threads) <= 4 ? 8 : 4)

INLINE int chunk_of(long frame, int threads) {
  int chunk = 1;
  while (chunk < MOST_CHUNK(threads) && 2 * chunk * frame * (long)sizeof(float) <= CHUNK_BYTES) chunk *= 2;
  return chunk;
}

INLINE int lookahead(const Block *b) { return b->fold ? GATE_LOOKAHEAD : 0; }

static void lay_out_stage_scratch(Arena *arena, Scratch *s, float **last, const Block *b, const BlockState *state) {
  lay_out_scratch(arena, s, b, &state->geometry, state->chunk);
  *last = take_floats(arena, (long)state->chunk * state->geometry.rows * state->geometry.columns * padded(b->outputs));
}

// For as many threads; the memory has to be zeros.
static Stream *lay_out_stream(Arena *arena, const Backbone *backbone, int height, int width, int threads) {
  Stream counted = {0}, *s = take_bytes(arena, sizeof(Stream));
  if (!s) s = &counted;
  s->backbone = backbone;
  s->height = height;
  s->width = width;
  lay_out_normalization(arena, &s->normalization, width);
  if (arena->base) fill_normalization(&s->normalization, width);
  s->blocks = take_bytes(arena, (backbone->stages - 1) * (long)sizeof(BlockState));
  s->scratch_bytes = 4 * stem_row(width) * (long)sizeof(float) + ALIGNMENT;
  height = divide_up(height, 2);
  width = divide_up(width, 2);
  for (int k = 0; k + 1 < backbone->stages; k++) {
    const Block *b = &backbone->blocks[k];
    BlockState one = {0}, *state = s->blocks ? &s->blocks[k] : &one;
    long frame = (long)height * width * padded(b->inputs);
    state->chunk = chunk_of(frame, threads);
    state->queue = (Queue){.frame = frame, .capacity = divide_up(lookahead(b) + 2 * state->chunk, state->chunk) * state->chunk};
    state->queue.frames = take_floats(arena, state->queue.capacity * frame);
    lay_out_geometry(arena, &state->geometry, b, height, width);
    if (b->fold) lay_out_gate_state(arena, &state->gate, &b->gate, height, width, state->queue.capacity);
    Arena scratch = {0, 0};
    Scratch parts;
    float *last;
    lay_out_stage_scratch(&scratch, &parts, &last, b, state);
    if (scratch.used > s->scratch_bytes) s->scratch_bytes = scratch.used;
    height = state->geometry.rows;
    width = state->geometry.columns;
  }
  s->total = -1;
  return arena->base ? s : 0;
}

// Forgets all frames, so that another clip can come.
static void restart_stream(Stream *s) {
  for (int k = 0; k + 1 < s->backbone->stages; k++) {
    BlockState *state = &s->blocks[k];
    state->queue.received = state->queue.emitted = state->gate.known = state->gate.gated = 0;
  }
  s->given = s->taken = s->emitted = 0;
  s->total = -1;
}

// What a stage could do now.
typedef struct {
  int stage;
  int frames; // 0: nothing
  int whole;  // whether that is a whole chunk
  int known;  // frames that came to it so far
} Step;

static Step next_step(const Stream *s, int stage) {
  Step step = {stage, 0, 0, 0};
  int last = stage + 1 == s->backbone->stages;
  const Queue *to = last ? 0 : &s->blocks[stage].queue;
  int chunk, ready;
  if (stage == 0) {
    chunk = s->blocks[0].chunk;
    ready = s->given - s->taken;
  } else {
    const BlockState *state = &s->blocks[stage - 1];
    const Queue *from = &state->queue;
    chunk = state->chunk;
    step.known = from->received;
    ready = from->received - from->emitted;
    if (from->received != s->total) ready -= lookahead(&s->backbone->blocks[stage - 1]);
    if (ready > from->capacity - from->emitted % from->capacity) ready = from->capacity - from->emitted % from->capacity;
  }
  step.whole = ready >= chunk;
  step.frames = smaller(ready, chunk);
  if (to) {
    step.frames = smaller(step.frames, to->capacity - (to->received - to->emitted));
    step.frames = smaller(step.frames, to->capacity - to->received % to->capacity);
  }
  if (step.frames < 0) step.frames = 0;
  return step;
}

// Means over the positions of frames [frames][positions][pitch].
static void average_positions(const float *x, int positions, int pitch, int channels, float *out, int frames) {
  for (int f = 0; f < frames; f++, x += (long)positions * pitch, out += channels)
    for (int c = 0; c < channels; c += LANES) {
      lanes sum = zeros();
      for (int p = 0; p < positions; p++) sum += load(x + (long)p * pitch + c);
      sum *= splat(1.0f / (float)positions);
      if (c + LANES <= channels) {
        store(out + c, sum);
      } else {
        for (int i = 0; c + i < channels; i++) out[c + i] = sum[i];
      }
    }
}

static void run_stem_step(const Stream *s, Step step, char *scratch) {
  const Queue *to = &s->blocks[0].queue;
  long frame = (long)s->height * s->width * 3 * (s->is_bytes ? 1 : (long)sizeof(float));
  for (int t = s->taken; t < s->taken + step.frames; t++)
    run_stem(&s->backbone->stem, &s->normalization, s->input + (t - s->input_first) * frame, s->is_bytes, s->height, s->width,
             queue_frame(to, t), (float *)scratch);
}

static void run_block_step(const Stream *s, Step step, char *scratch_memory) {
  const Block *b = &s->backbone->blocks[step.stage - 1];
  BlockState *state = &s->blocks[step.stage - 1];
  const Queue *from = &state->queue;
  Arena arena = {scratch_memory, 0};
  Scratch scratch;
  float *last;
  lay_out_stage_scratch(&arena, &scratch, &last, b, state);
  int pitch = padded(b->inputs), first = from->emitted;
  const float *shifted = 0;
  if (b->fold) {
    GateState *gate = &state->gate;
    while (gate->gated < smaller(first + step.frames + 1, step.known)) {
      while (gate->known < smaller(gate->gated + 2, step.known)) see_frame(&b->gate, gate, queue_frame(from, gate->known), pitch);
      shift_frame(&b->gate, gate, queue_frame(from, gate->gated), pitch);
    }
    shifted = shifted_frame(&b->gate, gate, first);
  }
  int is_last = step.stage + 1 == s->backbone->stages;
  const Queue *to = is_last ? 0 : &s->blocks[step.stage].queue;
  float *y = is_last ? last : queue_frame(to, to->received);
  run_block(b, &state->geometry, &scratch, queue_frame(from, first), shifted, y, step.frames);
  if (is_last) {
    int features = s->backbone->features;
    average_positions(last, state->geometry.rows * state->geometry.columns, padded(b->outputs), features,
                      s->output + (long)(s->emitted - s->output_first) * features, step.frames);
  }
}

// The work of a step; different stages may be at work at the same time.
static void run_step(const Stream *s, Step step, char *scratch) {
  if (step.stage == 0) run_stem_step(s, step, scratch);
  else run_block_step(s, step, scratch);
}

// To be called once the work of a step is done.
static void finish_step(Stream *s, Step step) {
  if (step.stage == 0) s->taken += step.frames;
  else s->blocks[step.stage - 1].queue.emitted += step.frames;
  if (step.stage + 1 == s->backbone->stages) s->emitted += step.frames;
  else s->blocks[step.stage].queue.received += step.frames;
}

// Which step comes next where `busy` stages are at work (0: none are): a whole chunk where there is one, and less than that only where
// nothing more can come from before, and only when asked to drain. The stem takes all that there is. 0 frames: none.
static Step choose_step(const Stream *s, const unsigned char *busy) {
  Step none = {0, 0, 0, 0}, part = none;
  int quiet = 1; // whether all stages before are without work
  for (int stage = 0; stage < s->backbone->stages; stage++) {
    if (busy && busy[stage]) {
      quiet = 0;
      continue;
    }
    Step step = next_step(s, stage);
    if (step.frames == 0) continue;
    if (step.whole) return step;
    if (quiet && (s->drain || stage == 0)) part = step;
    quiet = 0;
  }
  return part;
}

// Frames go in and features come out on this thread, until nothing more can be done.
static void run_stream(Stream *s, char *scratch) {
  for (Step step = choose_step(s, 0); step.frames > 0; step = choose_step(s, 0)) {
    run_step(s, step, scratch);
    finish_step(s, step);
  }
}

// `count` frames follow; `ended` says that no others will, `drain` that all features that are final are wanted now. They go to `output`.
static void give_frames(Stream *s, const void *frames, int is_bytes, int count, int drain, int ended, float *output) {
  s->input = frames;
  s->input_first = s->given;
  s->is_bytes = is_bytes;
  s->given += count;
  s->drain = drain || ended;
  if (ended) s->total = s->given;
  s->output = output;
  s->output_first = s->emitted;
}

#endif
