// A Y block: 1x1, grouped 3x3, squeeze-and-excitation, 1x1, plus the shortcut; a gate-shift module before the first.
//
// Frames are [height][width][padded channels]. Several frames go through together, so that late blocks' weights are read once for all.
#ifndef STREAM_BLOCK_H
#define STREAM_BLOCK_H
#include "gate.h"
#include "grouped.h"

// Input channels over the channels inside squeeze-and-excitation (RegNet-Y).
#define SQUEEZE_DIVISOR 4

typedef struct {
  int inputs, outputs, stride, squeezed;
  int fold;      // channels the gate-shift module sees, or 0
  int projected; // whether the shortcut is a convolution
  Gate gate;
  Weights reduce;  // 1x1
  Grouped grouped; // 3x3
  Weights squeeze, excite;
  Weights combine; // 1x1; the shortcut's convolution adds its inputs to it
} Block;

// Channels a gate-shift module takes: a quarter, rounded up to a multiple of 4.
INLINE int fold_channels(int channels) { return divide_up(channels / 4, 4) * 4; }

static void lay_out_block(Arena *arena, Block *b, int inputs, int outputs, int group_width, int first_of_stage, int gate_shift) {
  b->inputs = inputs;
  b->outputs = outputs;
  b->stride = first_of_stage ? 2 : 1;
  b->projected = first_of_stage;
  b->squeezed = inputs / SQUEEZE_DIVISOR;
  b->fold = gate_shift ? fold_channels(inputs) : 0;
  if (b->fold) lay_out_gate(arena, &b->gate, b->fold);
  lay_out_grouped(arena, &b->grouped, outputs, group_width);
  int inner = b->grouped.channels;
  lay_out_weights(arena, &b->reduce, inputs, inner);
  lay_out_weights(arena, &b->squeeze, inner, b->squeezed);
  lay_out_weights(arena, &b->excite, b->squeezed, inner);
  lay_out_weights(arena, &b->combine, inner + (b->projected ? inputs : 0), outputs);
}

// Takes the block's tensors one after the other in PyTorch's layouts, normalisation folded in; returns what follows. There is room for
// `inputs` and `outputs` numbers in the orders.
static const float *pack_block(Block *b, const float *values, int *input_order, int *inner_order) {
  int inputs = b->inputs, outputs = b->outputs, squeezed = b->squeezed;
  for (int c = 0; c < inputs; c++) input_order[c] = c < b->fold ? shift_place(b->fold, c) : c;
  for (int c = 0; c < outputs; c++) inner_order[c] = grouped_place(&b->grouped, c);
  if (b->fold) values = pack_gate(&b->gate, values);

  pack_weights(&b->reduce, values, 0, inputs, outputs, input_order, inner_order);
  values += (long)outputs * inputs;
  pack_bias(&b->reduce, values, outputs, inner_order);
  values += outputs;

  long taps = 9L * b->grouped.group_width * outputs;
  pack_grouped(&b->grouped, values, values + taps);
  values += taps + outputs;

  pack_weights(&b->squeeze, values, 0, outputs, squeezed, inner_order, 0);
  values += (long)squeezed * outputs;
  pack_bias(&b->squeeze, values, squeezed, 0);
  values += squeezed;

  pack_weights(&b->excite, values, 0, squeezed, outputs, 0, inner_order);
  values += (long)outputs * squeezed;
  pack_bias(&b->excite, values, outputs, inner_order);
  values += outputs;

  pack_weights(&b->combine, values, 0, outputs, outputs, inner_order, 0);
  values += (long)outputs * outputs;
  pack_bias(&b->combine, values, outputs, 0);
  values += outputs;
  if (b->projected) {
    pack_weights(&b->combine, values, b->grouped.channels, inputs, outputs, 0, 0);
    values += (long)outputs * inputs;
  }
  return values;
}

// A block's geometry for frames of one size.
typedef struct {
  int height, width, rows, columns; // of input and output
  int *window_at; // where the window of an output position begins in a frame amid its border of zeros, [rows * columns]
} Geometry;

static void lay_out_geometry(Arena *arena, Geometry *g, const Block *b, int height, int width) {
  g->height = height;
  g->width = width;
  g->rows = divide_up(height, b->stride);
  g->columns = divide_up(width, b->stride);
  g->window_at = take_ints(arena, (long)g->rows * g->columns);
  if (!arena->base) return;
  int channels = b->grouped.channels, *at = g->window_at;
  for (int i = 0; i < g->rows; i++)
    for (int j = 0; j < g->columns; j++) *at++ = (i * (width + 2) + j) * b->stride * channels;
}

// What a block writes and forgets again.
typedef struct {
  float *inner;   // [chunk][height * width][inner channels] after the first 1x1; [chunk][rows * columns][inner channels] after the 3x3
  float *framed;  // one frame of that amid a border of zeros, [height + 2][width + 2][inner channels]
  float *strided; // [chunk][rows * columns][padded inputs], where the shortcut is a convolution
  float *sums;    // [chunk][inner channels]
  float *hidden;  // [chunk][padded squeezed]
  float *factors; // [chunk][inner channels]
} Scratch;

static void lay_out_scratch(Arena *arena, Scratch *s, const Block *b, const Geometry *g, int chunk) {
  long inner = b->grouped.channels;
  s->inner = take_floats(arena, (long)chunk * g->height * g->width * inner);
  s->framed = take_floats(arena, (g->height + 2) * (g->width + 2) * inner);
  s->strided = b->projected ? take_floats(arena, (long)chunk * g->rows * g->columns * padded(b->inputs)) : 0;
  s->sums = take_floats(arena, chunk * inner);
  s->hidden = take_floats(arena, (long)chunk * padded(b->squeezed));
  s->factors = take_floats(arena, chunk * inner);
}

static void clear_borders(const Geometry *g, float *framed, int channels) {
  long row = (long)(g->width + 2) * channels;
  fill_zero(framed, row);
  fill_zero(framed + (g->height + 1) * row, row);
  for (int i = 1; i <= g->height; i++) {
    clear_lanes(framed + i * row, channels);
    clear_lanes(framed + (i + 1) * row - channels, channels);
  }
}

static void fill_framed(const Geometry *g, float *framed, const float *frame, int channels) {
  long row = (long)g->width * channels, framed_row = row + 2L * channels;
  for (int i = 0; i < g->height; i++) copy_floats(framed + (i + 1) * framed_row + channels, frame + i * row, row);
}

// The grouped 3x3 on s->inner in place: a frame is out of the way before its result is written, which is not larger.
static void convolve_frames(const Block *b, const Geometry *g, Scratch *s, int frames) {
  int inner = b->grouped.channels, positions = g->rows * g->columns;
  clear_borders(g, s->framed, inner);
  for (int f = 0; f < frames; f++) {
    fill_framed(g, s->framed, s->inner + (long)f * g->height * g->width * inner, inner);
    GroupedFrame frame = {
      .x = s->framed,
      .row_pitch = (g->width + 2) * inner,
      .at = g->window_at,
      .y = s->inner + (long)f * positions * inner,
      .sums = s->sums + (long)f * inner,
      .positions = positions,
    };
    grouped_convolution(&b->grouped, &frame);
  }
}

// Squeeze-and-excitation: s->inner times a factor in (0, 1) for each frame and channel, from the sums over positions.
static void squeeze_and_excite(const Block *b, Scratch *s, int frames, int positions) {
  int inner = b->grouped.channels, squeezed = padded(b->squeezed);
  lanes share = splat(1.0f / (float)positions);
  for (long i = 0; i < (long)frames * inner; i += LANES) store(s->sums + i, load(s->sums + i) * share);
  Factor means = {s->sums, inner, inner}, hidden = {s->hidden, squeezed, b->squeezed};
  multiply(&means, 1, &b->squeeze, &(Output){.rows = s->hidden, .pitch = squeezed, .with_relu = 1}, frames);
  multiply(&hidden, 1, &b->excite, &(Output){.rows = s->factors, .pitch = inner}, frames);
  float *x = s->inner;
  for (int f = 0; f < frames; f++) {
    float *factors = s->factors + (long)f * inner;
    for (int c = 0; c < inner; c += LANES) store(factors + c, logistic(load(factors + c)));
    for (int p = 0; p < positions; p++, x += inner)
      for (int c = 0; c < inner; c += LANES) store(x + c, load(x + c) * load(factors + c));
  }
}

// Every second row and column, or all, of x [frames][height][width][channels].
static void take_strided(const Geometry *g, const float *x, int stride, int channels, float *to, int frames) {
  for (int f = 0; f < frames; f++, x += (long)g->height * g->width * channels)
    for (int i = 0; i < g->rows; i++)
      for (int j = 0; j < g->columns; j++, to += channels)
        copy_lanes(to, x + ((long)i * g->width + j) * stride * channels, channels);
}

// x [frames][height][width][padded inputs], with shifted [frames][height][width][padded fold] in place of its first channels where there is a
// gate shift, to y [frames][rows][columns][padded outputs].
static void run_block(const Block *b, const Geometry *g, Scratch *s, const float *x, const float *shifted, float *y, int frames) {
  int pitch = padded(b->inputs), inner = b->grouped.channels, positions = g->rows * g->columns;
  Factor whole = {x, pitch, b->inputs};
  Factor both[2] = {{shifted, padded(b->fold), b->fold}, {x + b->fold, pitch, b->inputs - b->fold}};
  Output reduced = {.rows = s->inner, .pitch = inner, .with_relu = 1};
  multiply(b->fold ? both : &whole, b->fold ? 2 : 1, &b->reduce, &reduced, frames * g->height * g->width);
  convolve_frames(b, g, s, frames);
  squeeze_and_excite(b, s, frames, positions);
  Factor parts[2] = {{s->inner, inner, inner}, {s->strided, pitch, b->inputs}};
  Output combined = {.rows = y, .pitch = padded(b->outputs), .with_relu = 1};
  if (b->projected) {
    take_strided(g, x, b->stride, pitch, s->strided, frames);
  } else {
    combined.add = x;
    combined.add_pitch = pitch;
  }
  multiply(parts, b->projected ? 2 : 1, &b->combine, &combined, frames * positions);
}

#endif
