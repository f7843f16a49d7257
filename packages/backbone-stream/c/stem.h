// The stem: 3x3 convolution of RGB frames with stride 2 and padding 1, ReLU. Bytes are normalised on the way.
#ifndef STREAM_STEM_H
#define STREAM_STEM_H
#include "product.h"

typedef struct {
  Weights weights; // [3 rows * 3 columns * 3 colours]
} Stem;

static void lay_out_stem(Arena *arena, Stem *stem, int channels) { lay_out_weights(arena, &stem->weights, 27, channels); }

// Takes weights [channels][3 colours][3][3] and bias [channels]; returns what follows.
static const float *pack_stem(const Stem *stem, const float *values, int channels) {
  int order[27]; // colour, row, column to row, column, colour
  for (int i = 0; i < 27; i++) order[i] = i % 9 * 3 + i / 9;
  pack_weights(&stem->weights, values, 0, 27, channels, order, 0);
  values += 27L * channels;
  pack_bias(&stem->weights, values, channels, 0);
  return values + channels;
}

// How an input row is kept: amid a pixel of zeros on either side.
INLINE long stem_row(int width) { return (long)(width + 2) * 3; }

// What rows of bytes are normalised by, a number for each of width * 3 values.
typedef struct {
  float *factor, *offset;
} Normalization;

static void lay_out_normalization(Arena *arena, Normalization *n, int width) {
  n->factor = take_floats(arena, padded(width * 3));
  n->offset = take_floats(arena, padded(width * 3));
}

// (byte / 255 - mean) / deviation with ImageNet's constants (torchvision's).
static void fill_normalization(const Normalization *n, int width) {
  const float mean[3] = {0.485f, 0.456f, 0.406f}, deviation[3] = {0.229f, 0.224f, 0.225f};
  for (int i = 0; i < width * 3; i++) {
    n->factor[i] = 1.0f / (255.0f * deviation[i % 3]);
    n->offset[i] = -mean[i % 3] / deviation[i % 3];
  }
}

static void normalize_row(const Normalization *n, const unsigned char *bytes, float *to, int count) {
  int i = 0;
  for (; i + LANES <= count; i += LANES)
    store(to + i, mul_add(bytes_to_floats(bytes + i), load(n->factor + i), load(n->offset + i)));
  for (; i < count; i++) to[i] = (float)bytes[i] * n->factor[i] + n->offset[i];
}

// One frame [height][width][3], of floats that are normalised or of bytes that are not, to y [rows][columns][padded channels], half as
// high and wide (rounded up). `scratch` holds four rows.
static void run_stem(const Stem *stem, const Normalization *n, const void *frame, int is_bytes, int height, int width, float *y,
                     float *scratch) {
  long row = stem_row(width), values = (long)width * 3;
  int rows = divide_up(height, 2), columns = divide_up(width, 2), pitch = stem->weights.columns;
  float *outside = scratch + 3 * row; // rows above and below the frame
  fill_zero(scratch, 4 * row);
  for (int i = 0, read = 0; i < rows; i++, y += (long)columns * pitch) {
    Factor factors[3];
    for (; read < smaller(height, 2 * i + 2); read++) {
      float *to = scratch + read % 3 * row + 3;
      if (is_bytes) normalize_row(n, (const unsigned char *)frame + read * values, to, width * 3);
      else copy_floats(to, (const float *)frame + read * values, values);
    }
    for (int dy = 0; dy < 3; dy++) {
      int at = 2 * i + dy - 1;
      factors[dy] = (Factor){at < 0 || at >= height ? outside : scratch + at % 3 * row, 6, 9};
    }
    Output out = {.rows = y, .pitch = pitch, .with_relu = 1};
    multiply(factors, 3, &stem->weights, &out, columns);
  }
}

#endif
