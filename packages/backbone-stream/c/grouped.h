// Grouped 3x3 convolution with padding 1, a ReLU, and the sums over positions that squeeze-and-excitation needs.
//
// Where a group has fewer channels than a vector lanes, several groups share their vectors: channel c of group g lies beside channel c of
// group g + 1. One number of every group's input, over and over, then meets the weights of all of them at once. The 1x1
// convolutions before and after have their weights packed in that order, so that nothing has to be moved.
#ifndef STREAM_GROUPED_H
#define STREAM_GROUPED_H
#include "product.h"

typedef struct {
  int groups, group_width;
  int shared;   // groups that share vectors
  int sets;     // of such groups; the last one may have groups of zeros
  int vectors;  // of one set
  int panel;    // vectors that are computed together, 1 or 2
  int channels; // all sets' channels
  float *packed; // [set][vectors / panel][3][3][group_width][panel * LANES]
  float *bias;   // [channels]
} Grouped;

INLINE int common_divisor(int a, int b) {
  while (b) {
    int rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

static void lay_out_grouped(Arena *arena, Grouped *g, int channels, int group_width) {
  g->groups = channels / group_width;
  g->group_width = group_width;
  g->shared = LANES / common_divisor(group_width, LANES);
  g->sets = divide_up(g->groups, g->shared);
  g->vectors = g->shared * group_width / LANES;
  g->panel = LANES == 4 && g->vectors % 2 == 0 ? 2 : 1; // with few registers a number that was read should meet more than one vector
  g->channels = g->sets * g->shared * group_width;
  g->packed = take_floats(arena, (long)g->channels * 9 * group_width);
  g->bias = take_floats(arena, g->channels);
}

// Where a channel lies among shared groups.
INLINE int grouped_place(const Grouped *g, int channel) {
  int group = channel / g->group_width;
  int set = group / g->shared;
  return set * g->shared * g->group_width + channel % g->group_width * g->shared + group % g->shared;
}

// weights [channels][group_width][3][3], bias [channels]
static void pack_grouped(const Grouped *g, const float *weights, const float *bias) {
  int width = g->panel * LANES, set_width = g->vectors * LANES;
  for (int c = 0; c < g->groups * g->group_width; c++) {
    int place = grouped_place(g, c);
    int panel = place / set_width * (g->vectors / g->panel) + place % set_width / width; // of all sets
    g->bias[place] = bias[c];
    for (int i = 0; i < g->group_width; i++)
      for (int tap = 0; tap < 9; tap++)
        g->packed[(((long)panel * 9 + tap) * g->group_width + i) * width + place % width] = *weights++;
  }
}

typedef struct {
  const float *x;      // a frame amid a border of zeros, [height + 2][width + 2][channels]
  int row_pitch;       // floats from row to row of x
  const int *at;       // where the window of each output position begins in x
  float *y;            // [positions][channels]
  float *sums;         // [channels], over positions
  int positions;
} GroupedFrame;

INLINE void convolve_tile(int count, int panel, int spread, const Grouped *g, const GroupedFrame *frame, const float *packed,
                          int channel, int from, int first) {
  lanes sums[MOST_TILE_ROWS][WIDEST_PANEL];
  const float *row[MOST_TILE_ROWS];
  UNROLL
  for (int r = 0; r < count; r++) {
    row[r] = frame->x + frame->at[first + r] + from;
    UNROLL
    for (int v = 0; v < panel; v++) sums[r][v] = load(g->bias + channel + v * LANES);
  }
  for (int dy = 0; dy < 3; dy++)
    for (int dx = 0; dx < 3; dx++)
      packed = accumulate(count, panel, spread, row, (long)dy * frame->row_pitch + dx * g->channels, g->group_width, packed, sums);
  UNROLL
  for (int v = 0; v < panel; v++) {
    float *total = frame->sums + channel + v * LANES;
    lanes sum = load(total);
    UNROLL
    for (int r = 0; r < count; r++) {
      lanes y = relu(sums[r][v]);
      store(frame->y + (long)(first + r) * g->channels + channel + v * LANES, y);
      sum += y;
    }
    store(total, sum);
  }
}

INLINE void convolve_panel(int panel, int spread, const Grouped *g, const GroupedFrame *frame, const float *packed, int channel,
                           int from) {
  for (int first = 0, taken; first < frame->positions; first += taken) {
    taken = tile_rows(frame->positions - first, TILE_ROWS(panel));
#define CONVOLVE(n) \
  if ((n) <= TILE_ROWS(panel)) convolve_tile(n, panel, spread, g, frame, packed, channel, from, first)
    switch (taken) { CASES_TILE(CONVOLVE) }
#undef CONVOLVE
  }
}

static void grouped_convolution(const Grouped *g, const GroupedFrame *frame) {
  const float *packed = g->packed;
  fill_zero(frame->sums, g->channels);
  for (int channel = 0; channel < g->channels; channel += g->panel * LANES) {
    int set_width = g->vectors * LANES, from = channel / set_width * set_width;
    if (g->panel == 2) convolve_panel(2, 1, g, frame, packed, channel, from);
    else if (g->shared == 1) convolve_panel(1, 1, g, frame, packed, channel, from);
#if LANES > 4
    else if (g->shared == 2) convolve_panel(1, 2, g, frame, packed, channel, from);
#endif
#if LANES > 8
    else convolve_panel(1, 4, g, frame, packed, channel, from);
#endif
    packed += 9L * g->group_width * g->panel * LANES;
  }
}

#endif
