// Grouped 3x3 convolution with padding 1, eight channels a group.
//
// One group of one image is gathered into a padded map of [height + 2][width + 2][8] floats, small enough for the cache and free
// of borders to test for. A tap's row of three pixels is then 24 numbers side by side, so that a 3x3 convolution is three
// products of depth 24 by the tiles of matmul.h.
#include "matmul.h"

#define WIDTH 8
#define TAPS_SIZE (9 * WIDTH * WIDTH)

typedef struct {
  int height, width, channels, rows, columns, stride;
} Shape;

INLINE int padded_size(int height, int width) { return (height + 2) * (width + 2) * WIDTH; }

// One group's channels of one image (where `mask`, if any, is positive) amid a border of zeros.
static void gather(const float *x, const float *mask, float *padded, int height, int width, int channels) {
  int pitch = (width + 2) * WIDTH;
  fill_zero(padded, pitch);
  fill_zero(padded + (height + 1) * pitch, pitch);
  for (int i = 0; i < height; i++) {
    float *to = padded + (i + 1) * pitch;
    store_wide(to, zero_wide());
    for (int j = 0; j < width; j++) {
      to += WIDTH;
      long at = (long)(i * width + j) * channels;
      wide values = load_wide(x + at);
      store_wide(to, mask ? wide_where_positive(values, load_wide(mask + at)) : values);
    }
    store_wide(to + WIDTH, zero_wide());
  }
}

// A group's filter as the forward pass reads it: [3][3][8 in][8 out].
static void pack_filter(const float *filter, float *packed, int group, int channels) {
  for (int row = 0; row < 9 * WIDTH; row++, packed += WIDTH) {
    const float *from = filter + (long)row * channels + group * WIDTH;
    store_wide(packed, load_wide(from));
  }
}

// The same for gradients: [9][8 out][8 in], tap t taken from order[t].
static void pack_transposed(const float *filter, float *packed, int group, int channels, const signed char *order) {
  for (int tap = 0; tap < 9; tap++)
    for (int o = 0; o < WIDTH; o++)
      for (int i = 0; i < WIDTH; i++) *packed++ = filter[(long)(order[tap] * WIDTH + i) * channels + group * WIDTH + o];
}

// `count` pixels in each of `lines` rows, `row` floats apart in the map and `y_row` in y: both rows share the loads of the filter.
INLINE void convolve_tile(int lines, int count, int step, const float *padded, int pitch, int row, const float *packed,
                          wide bias, float *y, int channels, long y_row, int with_relu) {
  wide sums[2][4];
  UNROLL
  for (int l = 0; l < lines; l++)
    UNROLL
    for (int r = 0; r < count; r++) sums[l][r] = bias;
  for (int p = 0; p < 3; p++) {
    const float *from = padded + p * pitch, *panel = packed + p * 24 * WIDTH;
    for (int k = 0; k < 24; k++, panel += WIDTH) {
      wide values = load_wide(panel);
      UNROLL
      for (int l = 0; l < lines; l++)
        UNROLL
        for (int r = 0; r < count; r++)
          sums[l][r] = wide_mul_add(load_wide_splat(from + l * row + r * step + k), values, sums[l][r]);
    }
  }
  UNROLL
  for (int l = 0; l < lines; l++)
    UNROLL
    for (int r = 0; r < count; r++)
      store_wide(y + l * y_row + r * channels, with_relu ? wide_relu(sums[l][r]) : sums[l][r]);
}

// One or two rows of a map.
INLINE void convolve_rows(int lines, int stride, const float *from, int pitch, const float *packed, wide bias, float *to,
                          Shape s, int with_relu) {
  int step = stride * WIDTH, row = stride * pitch, j = 0;
  long y_row = (long)s.columns * s.channels;
  for (; j + 4 <= s.columns; j += 4, from += 4 * step, to += 4 * s.channels)
    convolve_tile(lines, 4, step, from, pitch, row, packed, bias, to, s.channels, y_row, with_relu);
  switch (s.columns - j) {
    case 3: convolve_tile(lines, 3, step, from, pitch, row, packed, bias, to, s.channels, y_row, with_relu); break;
    case 2: convolve_tile(lines, 2, step, from, pitch, row, packed, bias, to, s.channels, y_row, with_relu); break;
    case 1: convolve_tile(lines, 1, step, from, pitch, row, packed, bias, to, s.channels, y_row, with_relu); break;
  }
}

INLINE void convolve_map(int stride, const float *padded, const float *packed, const float *bias, float *y, Shape s,
                         int with_relu) {
  int pitch = (s.width + 2) * WIDTH, i = 0;
  wide start = bias ? load_wide(bias) : zero_wide();
  for (; TILE > 4 && i + 2 <= s.rows; i += 2)
    convolve_rows(2, stride, padded + i * stride * pitch, pitch, packed, start, y + (long)i * s.columns * s.channels, s, with_relu);
  for (; i < s.rows; i++)
    convolve_rows(1, stride, padded + i * stride * pitch, pitch, packed, start, y + (long)i * s.columns * s.channels, s, with_relu);
}

static Shape shape_of(int height, int width, int channels, int stride) {
  Shape s = {height, width, channels, (height - 1) / stride + 1, (width - 1) / stride + 1, stride};
  return s;
}

EXPORT(grouped_conv_scratch)
int grouped_conv_scratch(int height, int width, int channels) {
  return channels / WIDTH * TAPS_SIZE + padded_size(height, width);
}

// bias == 0: none
EXPORT(grouped_conv)
void grouped_conv(const float *x, const float *filter, const float *bias, float *y, float *scratch, int images, int height,
                  int width, int channels, int stride, int with_relu) {
  Shape s = shape_of(height, width, channels, stride);
  int groups = channels / WIDTH;
  float *padded = scratch + groups * TAPS_SIZE;
  for (int g = 0; g < groups; g++) pack_filter(filter, scratch + g * TAPS_SIZE, g, channels);
  for (int n = 0; n < images; n++)
    for (int g = 0; g < groups; g++) {
      gather(x + (long)n * height * width * channels + g * WIDTH, 0, padded, height, width, channels);
      const float *packed = scratch + g * TAPS_SIZE;
      const float *own_bias = bias ? bias + g * WIDTH : 0;
      float *to = y + (long)n * s.rows * s.columns * channels + g * WIDTH;
      if (stride == 1)
        convolve_map(1, padded, packed, own_bias, to, s, with_relu);
      else
        convolve_map(2, padded, packed, own_bias, to, s, with_relu);
    }
}

// One or two taps of a row at stride 2: `depth` is 8 or 16.
INLINE void spread_tile(int count, const float *padded, int pitch, const float *upper, const float *lower, int depth,
                        float *dx, int channels) {
  wide sums[TILE];
  UNROLL
  for (int r = 0; r < count; r++) sums[r] = zero_wide();
  accumulate_tile(count, padded, WIDTH, upper, depth, sums);
  if (lower) accumulate_tile(count, padded + pitch, WIDTH, lower, depth, sums);
  UNROLL
  for (int r = 0; r < count; r++) store_wide(dx + 2 * r * channels, sums[r]);
}

// Input gradient at stride 2. An even row was seen by tap 1 alone, an odd one by taps 2 and 0 of neighbouring rows; so are
// columns. `packed` has a row's taps in the order 1, 2, 0, so that the two of an odd column lie side by side.
static void spread_map(const float *padded, const float *packed, float *dx, Shape s) {
  int pitch = (s.columns + 2) * WIDTH;
  for (int r = 0; r < s.height; r++)
    for (int odd = 0; odd < 2; odd++) {
      int count = (s.width + 1 - odd) / 2;
      const float *from = padded + (r / 2 + 1) * pitch + WIDTH;
      const float *upper = packed + (r % 2 ? 2 : 1) * 24 * WIDTH + odd * WIDTH * WIDTH;
      const float *lower = r % 2 ? packed + odd * WIDTH * WIDTH : 0;
      float *to = dx + ((long)r * s.width + odd) * s.channels;
      int depth = odd ? 2 * WIDTH : WIDTH;
      for (int j = 0, taken; j < count; j += taken, from += taken * WIDTH, to += 2 * taken * s.channels) {
#define SPREAD(pixels) spread_tile(pixels, from, pitch, upper, lower, depth, to, s.channels)
        WITH_TILE(count - j, taken, SPREAD);
#undef SPREAD
      }
    }
}

// TILE input channels of one tap: sums over the pixels of `images` maps, rows first .. last.
INLINE void add_tap(const float *x, int x_pitch, long x_size, int step, const float *dz, int dz_pitch, long dz_size,
                    int images, int rows, int columns, float *out, int channels) {
  wide sums[TILE];
  UNROLL
  for (int r = 0; r < TILE; r++) sums[r] = zero_wide();
  for (int n = 0; n < images; n++)
    for (int i = 0; i < rows; i++)
      accumulate_outer(TILE, x + n * x_size + i * x_pitch, step, dz + n * dz_size + i * dz_pitch, WIDTH, columns, sums);
  UNROLL
  for (int r = 0; r < TILE; r++) {
    float *to = out + r * channels;
    store_wide(to, load_wide(to) + sums[r]);
  }
}

// Filter gradient of one group over `images` gathered maps; bands of rows that fit the first cache.
static void add_filter_gradient(const float *x, const float *dz, float *dfilter, int images, Shape s) {
  int x_pitch = (s.width + 2) * WIDTH, dz_pitch = (s.columns + 2) * WIDTH;
  long x_size = padded_size(s.height, s.width), dz_size = padded_size(s.rows, s.columns);
  int band = larger(1, 6000 / (s.stride * x_pitch));
  for (int start = 0; start < s.rows; start += band) {
    int rows = smaller(band, s.rows - start), columns = s.columns;
    if (s.stride == 1) { // rows of both maps follow each other with borders of zeros between: one long row
      columns += (rows - 1) * (s.columns + 2);
      rows = 1;
    }
    for (int tap = 0; tap < 9; tap++)
      for (int part = 0; part < WIDTH; part += TILE)
        add_tap(x + (start * s.stride + tap / 3) * x_pitch + tap % 3 * WIDTH + part, x_pitch * s.stride, x_size,
                s.stride * WIDTH, dz + (start + 1) * dz_pitch + WIDTH, dz_pitch, dz_size, images, rows, columns,
                dfilter + (long)(tap * WIDTH + part) * s.channels, s.channels);
  }
}

static void add_bias_gradient(const float *dz, float *dbias, int images, Shape s) {
  wide sums = zero_wide();
  long size = (long)images * padded_size(s.rows, s.columns);
  for (long at = 0; at < size; at += WIDTH) sums += load_wide(dz + at);
  store_wide(dbias, load_wide(dbias) + sums);
}

// Small maps are taken several at a time for the filter gradient, or its sums would be stored too often.
static int images_at_once(int height, int width, int rows, int columns) {
  return larger(1, smaller(16, 8000 / (padded_size(height, width) + padded_size(rows, columns))));
}

EXPORT(grouped_conv_gradient_scratch)
int grouped_conv_gradient_scratch(int height, int width, int channels, int stride) {
  Shape s = shape_of(height, width, channels, stride);
  return channels / WIDTH * TAPS_SIZE +
         images_at_once(height, width, s.rows, s.columns) * (padded_size(height, width) + padded_size(s.rows, s.columns));
}

// y == 0: there was no ReLU. dx, dfilter, dbias == 0: not wanted.
EXPORT(grouped_conv_gradient)
void grouped_conv_gradient(const float *dy, const float *y, const float *x, const float *filter, float *dx, float *dfilter,
                           float *dbias, float *scratch, int images, int height, int width, int channels, int stride) {
  const signed char flipped[9] = {8, 7, 6, 5, 4, 3, 2, 1, 0};
  const signed char spread[9] = {1, 2, 0, 4, 5, 3, 7, 8, 6};
  Shape s = shape_of(height, width, channels, stride);
  int groups = channels / WIDTH, at_once = images_at_once(height, width, s.rows, s.columns);
  float *gathered_dz = scratch + groups * TAPS_SIZE;
  float *gathered_x = gathered_dz + at_once * padded_size(s.rows, s.columns);
  if (dx)
    for (int g = 0; g < groups; g++)
      pack_transposed(filter, scratch + g * TAPS_SIZE, g, channels, stride == 1 ? flipped : spread);
  if (dfilter) fill_zero(dfilter, 9 * WIDTH * channels);
  if (dbias) fill_zero(dbias, channels);
  long in_size = (long)height * width * channels, out_size = (long)s.rows * s.columns * channels;
  for (int start = 0; start < images; start += at_once) {
    int count = smaller(at_once, images - start);
    for (int g = 0; g < groups; g++) {
      for (int n = 0; n < count; n++) {
        long out_at = (start + n) * out_size + g * WIDTH, in_at = (start + n) * in_size + g * WIDTH;
        float *dz = gathered_dz + n * padded_size(s.rows, s.columns);
        gather(dy + out_at, y ? y + out_at : 0, dz, s.rows, s.columns, channels);
        if (dfilter) gather(x + in_at, 0, gathered_x + n * padded_size(height, width), height, width, channels);
        if (!dx) continue;
        if (stride == 1)
          convolve_map(1, dz, scratch + g * TAPS_SIZE, 0, dx + in_at, s, 0);
        else
          spread_map(dz, scratch + g * TAPS_SIZE, dx + in_at, s);
      }
      if (dfilter) add_filter_gradient(gathered_x, gathered_dz, dfilter + g * WIDTH, count, s);
      if (dbias) add_bias_gradient(gathered_dz, dbias + g * WIDTH, count, s);
    }
  }
}
