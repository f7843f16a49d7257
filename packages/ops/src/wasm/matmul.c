#include "matmul.h"

SHARED void pack_panels(const float *right, const float *bias, float *packed, int depth, int columns, int row_stride,
                 int column_stride) {
  for (int n = 0; n < columns; n += 8) {
    int width = smaller(8, columns - n);
    for (int j = 0; j < 8; j++) packed[j] = bias && j < width ? bias[n + j] : 0.0f;
    packed += 8;
    for (int k = 0; k < depth; k++, packed += 8) {
      const float *from = right + (long)k * row_stride + (long)n * column_stride;
      if (width == 8 && column_stride == 1) {
        store_wide(packed, load_wide(from));
        continue;
      }
      for (int j = 0; j < 8; j++) packed[j] = j < width ? from[j * column_stride] : 0.0f;
    }
  }
}

INLINE void multiply_tile(int count, const float *left, int left_pitch, const float *panel, float *out, int out_pitch,
                          int depth, int width, int with_relu) {
  wide sums[TILE];
  UNROLL
  for (int r = 0; r < count; r++) sums[r] = load_wide(panel);
  accumulate_tile(count, left, left_pitch, panel + 8, depth, sums);
  UNROLL
  for (int r = 0; r < count; r++) store_some(out + r * out_pitch, with_relu ? wide_relu(sums[r]) : sums[r], width);
}

// One row by four panels at once: with a single row, one panel's sum would wait for itself.
INLINE void multiply_row(const float *left, const float *packed, float *out, int depth, int with_relu) {
  long pitch = (long)(depth + 1) * 8;
  wide sums[4];
  UNROLL
  for (int j = 0; j < 4; j++) sums[j] = load_wide(packed + j * pitch);
  const float *panel = packed + 8;
  for (int k = 0; k < depth; k++, panel += 8) {
    wide value = load_wide_splat(left + k);
    UNROLL
    for (int j = 0; j < 4; j++) sums[j] = wide_mul_add(value, load_wide(panel + j * pitch), sums[j]);
  }
  UNROLL
  for (int j = 0; j < 4; j++) store_wide(out + j * 8, with_relu ? wide_relu(sums[j]) : sums[j]);
}

SHARED void multiply_panels(const float *left, int left_pitch, const float *packed, float *out, int out_pitch, int rows,
                     int depth, int columns, int with_relu) {
  long panel_size = (long)(depth + 1) * 8;
  for (int m = 0, taken; m < rows; m += taken) {
    const float *from = left + (long)m * left_pitch;
    float *to = out + (long)m * out_pitch;
    const float *panel = packed;
    int n = 0;
    taken = 1;
    if (rows - m == 1) {
      for (; n + 32 <= columns; n += 32, panel += 4 * panel_size) multiply_row(from, panel, to + n, depth, with_relu);
    }
    for (; n < columns; n += 8, panel += panel_size) {
      int width = smaller(8, columns - n);
#define MULTIPLY(count) multiply_tile(count, from, left_pitch, panel, to + n, out_pitch, depth, width, with_relu)
      WITH_TILE(rows - m, taken, MULTIPLY);
#undef MULTIPLY
    }
  }
}

INLINE void add_outer_tile(int count, const float *left, int left_pitch, const float *right, int right_pitch, float *out,
                           int out_pitch, int rows) {
  wide sums[TILE];
  UNROLL
  for (int r = 0; r < count; r++) sums[r] = zero_wide();
  accumulate_outer(count, left, left_pitch, right, right_pitch, rows, sums);
  UNROLL
  for (int r = 0; r < count; r++) {
    float *to = out + r * out_pitch;
    store_wide(to, load_wide(to) + sums[r]);
  }
}

// Columns that are left over after the panels of 8, one at a time.
static void add_outer_column(const float *left, int left_pitch, const float *right, int right_pitch, float *out,
                             int out_pitch, int rows, int depth) {
  int k = 0;
  for (; k + 4 <= depth; k += 4) {
    vec sum = zero();
    for (int m = 0; m < rows; m++) sum = mul_add(load(left + (long)m * left_pitch + k), load_splat(right + (long)m * right_pitch), sum);
    float parts[4];
    store(parts, sum);
    for (int r = 0; r < 4; r++) out[(k + r) * out_pitch] += parts[r];
  }
  for (; k < depth; k++) {
    float sum = 0;
    for (int m = 0; m < rows; m++) sum += left[(long)m * left_pitch + k] * right[(long)m * right_pitch];
    out[k * out_pitch] += sum;
  }
}

// Rows are taken 64 at a time, so that both blocks stay in the cache and sums stay short.
SHARED void add_transposed_product(const float *left, int left_pitch, const float *right, int right_pitch, float *out,
                            int out_pitch, int rows, int depth, int columns) {
  for (int start = 0; start < rows; start += 64) {
    int count = smaller(64, rows - start);
    const float *a = left + (long)start * left_pitch;
    const float *b = right + (long)start * right_pitch;
    int n = 0;
    for (; n + 8 <= columns; n += 8) {
      for (int k = 0, taken; k < depth; k += taken) {
#define ADD_OUTER(columns) add_outer_tile(columns, a + k, left_pitch, b + n, right_pitch, out + (long)k * out_pitch + n, out_pitch, count)
        WITH_TILE(depth - k, taken, ADD_OUTER);
#undef ADD_OUTER
      }
    }
    for (; n < columns; n++) add_outer_column(a, left_pitch, b + n, right_pitch, out + n, out_pitch, count, depth);
  }
}

SHARED void mask_rows(const float *dy, const float *y, float *block, float *sums, int rows, int columns) {
  int n = 0;
  for (; n + 4 <= columns; n += 4) {
    vec sum = zero();
    for (int m = 0; m < rows; m++) {
      long at = (long)m * columns + n;
      vec value = load(dy + at);
      if (y) {
        value = where_positive(value, load(y + at));
        store(block + at, value);
      }
      sum = add(sum, value);
    }
    store(sums + n, add(load(sums + n), sum));
  }
  for (; n < columns; n++) {
    float sum = 0;
    for (int m = 0; m < rows; m++) {
      long at = (long)m * columns + n;
      float value = !y || y[at] > 0 ? dy[at] : 0;
      if (y) block[at] = value;
      sum += value;
    }
    sums[n] += sum;
  }
}

// One product of a batch. Left is [rows, depth], or [depth, rows] if transposed; right [depth, columns] or [columns, depth].
// `scratch` holds packed_size(depth, columns) floats, and rows * depth more if both are transposed.
EXPORT(matmul)
void matmul(const float *left, const float *right, float *out, float *scratch, int rows, int depth, int columns,
            int left_transposed, int right_transposed) {
  if (left_transposed && !right_transposed) {
    fill_zero(out, (long)rows * columns);
    add_transposed_product(left, rows, right, columns, out, columns, depth, rows, columns);
    return;
  }
  pack_panels(right, 0, scratch, depth, columns, right_transposed ? 1 : columns, right_transposed ? depth : 1);
  if (left_transposed) {
    float *straight = scratch + packed_size(depth, columns);
    for (int m = 0; m < rows; m++)
      for (int k = 0; k < depth; k++) straight[(long)m * depth + k] = left[(long)k * rows + m];
    left = straight;
  }
  multiply_panels(left, depth, scratch, out, columns, rows, depth, columns, 0);
}
