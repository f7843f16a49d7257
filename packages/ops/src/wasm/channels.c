// Elementwise work and sums over [rows, channels]; each a single pass over memory.
#include "simd.h"

// sums [columns] = column sums of x [rows, columns]; 64 rows at a time, so that sums stay short
EXPORT(sum_rows)
void sum_rows(const float *x, float *sums, int rows, int columns) {
  fill_zero(sums, columns);
  for (int start = 0; start < rows; start += 64) {
    const float *from = x + (long)start * columns;
    int count = smaller(64, rows - start), n = 0;
    for (; n + 4 <= columns; n += 4) {
      vec sum = zero();
      for (int m = 0; m < count; m++) sum = add(sum, load(from + (long)m * columns + n));
      store(sums + n, add(load(sums + n), sum));
    }
    for (; n < columns; n++) {
      float sum = 0;
      for (int m = 0; m < count; m++) sum += from[(long)m * columns + n];
      sums[n] += sum;
    }
  }
}

EXPORT(bias_relu)
void bias_relu(const float *x, const float *bias, float *y, int rows, int columns) {
  for (int m = 0; m < rows; m++, x += columns, y += columns) {
    int n = 0;
    for (; n + 4 <= columns; n += 4) store(y + n, relu(add(load(x + n), load(bias + n))));
    for (; n < columns; n++) {
      float sum = x[n] + bias[n];
      y[n] = sum < 0 ? 0 : sum;
    }
  }
}

EXPORT(add_relu)
void add_relu(const float *a, const float *b, float *y, int size) {
  int i = 0;
  for (; i + 4 <= size; i += 4) store(y + i, relu(add(load(a + i), load(b + i))));
  for (; i < size; i++) {
    float sum = a[i] + b[i];
    y[i] = sum < 0 ? 0 : sum;
  }
}

// dx = dy where y > 0
EXPORT(relu_gradient)
void relu_gradient(const float *dy, const float *y, float *dx, int size) {
  int i = 0;
  for (; i + 4 <= size; i += 4) store(dx + i, where_positive(load(dy + i), load(y + i)));
  for (; i < size; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

// y [images, positions, channels] = x * scale [images, channels]
EXPORT(scale_channels)
void scale_channels(const float *x, const float *scale, float *y, int images, int positions, int channels) {
  for (int n = 0; n < images; n++, scale += channels)
    for (int p = 0; p < positions; p++, x += channels, y += channels) {
      int c = 0;
      for (; c + 4 <= channels; c += 4) store(y + c, mul(load(x + c), load(scale + c)));
      for (; c < channels; c++) y[c] = x[c] * scale[c];
    }
}

// dx = dy * scale, dscale = sum over positions of dy * x
EXPORT(scale_channels_gradient)
void scale_channels_gradient(const float *dy, const float *x, const float *scale, float *dx, float *dscale, int images,
                             int positions, int channels) {
  for (int n = 0; n < images; n++, scale += channels, dscale += channels) {
    fill_zero(dscale, channels);
    for (int p = 0; p < positions; p++, dy += channels, x += channels, dx += channels) {
      int c = 0;
      for (; c + 4 <= channels; c += 4) {
        vec gradient = load(dy + c);
        store(dx + c, mul(gradient, load(scale + c)));
        store(dscale + c, mul_add(gradient, load(x + c), load(dscale + c)));
      }
      for (; c < channels; c++) {
        dx[c] = dy[c] * scale[c];
        dscale[c] += dy[c] * x[c];
      }
    }
  }
}

// means [images, channels] of x [images, positions, channels]
EXPORT(mean_positions)
void mean_positions(const float *x, float *means, int images, int positions, int channels) {
  float factor = 1.0f / (float)positions;
  for (int n = 0; n < images; n++, x += (long)positions * channels, means += channels) {
    sum_rows(x, means, positions, channels);
    for (int c = 0; c < channels; c++) means[c] *= factor;
  }
}

EXPORT(mean_positions_gradient)
void mean_positions_gradient(const float *dy, float *dx, int images, int positions, int channels) {
  float factor = 1.0f / (float)positions;
  for (int n = 0; n < images; n++, dy += channels)
    for (int p = 0; p < positions; p++, dx += channels) {
      int c = 0;
      for (; c + 4 <= channels; c += 4) store(dx + c, mul(load(dy + c), splat(factor)));
      for (; c < channels; c++) dx[c] = dy[c] * factor;
    }
}

// y = x[:, ::2, ::2, :]
EXPORT(subsample)
void subsample(const float *x, float *y, int images, int height, int width, int channels) {
  unsigned long bytes = (unsigned long)channels * sizeof(float);
  for (int n = 0; n < images; n++)
    for (int i = 0; i < height; i += 2)
      for (int j = 0; j < width; j += 2, y += channels)
        __builtin_memcpy(y, x + ((long)(n * height + i) * width + j) * channels, bytes);
}

// dx = dy at even rows and columns, zeros elsewhere
EXPORT(subsample_gradient)
void subsample_gradient(const float *dy, float *dx, int images, int height, int width, int channels) {
  unsigned long bytes = (unsigned long)channels * sizeof(float);
  fill_zero(dx, (long)images * height * width * channels);
  for (int n = 0; n < images; n++)
    for (int i = 0; i < height; i += 2)
      for (int j = 0; j < width; j += 2, dy += channels)
        __builtin_memcpy(dx + ((long)(n * height + i) * width + j) * channels, dy, bytes);
}

// out [a, b, c, length] (dense) = 4-byte elements of x at the given strides; the last axis is dense
EXPORT(copy_strided)
void copy_strided(const float *x, float *out, int a, int b, int c, int length, int stride_a, int stride_b, int stride_c) {
  for (int i = 0; i < a; i++)
    for (int j = 0; j < b; j++) {
      const float *from = x + (long)i * stride_a + (long)j * stride_b;
      for (int k = 0; k < c; k++, from += stride_c, out += length) {
        int n = 0;
        for (; n + 4 <= length; n += 4) store(out + n, load(from + n));
        for (; n < length; n++) out[n] = from[n];
      }
    }
}

// out [columns, rows] = transpose of x [rows, columns]
EXPORT(transpose)
void transpose(const float *x, float *out, int rows, int columns) {
  int i = 0;
  for (; i + 4 <= rows; i += 4) {
    int j = 0;
    for (; j + 4 <= columns; j += 4) {
      const float *from = x + (long)i * columns + j;
      vec block[4];
      UNROLL
      for (int r = 0; r < 4; r++) block[r] = load(from + r * columns);
      transpose_four(block);
      UNROLL
      for (int r = 0; r < 4; r++) store(out + (long)(j + r) * rows + i, block[r]);
    }
    for (; j < columns; j++)
      for (int r = i; r < i + 4; r++) out[(long)j * rows + r] = x[(long)r * columns + j];
  }
  for (; i < rows; i++)
    for (int j = 0; j < columns; j++) out[(long)j * rows + i] = x[(long)i * columns + j];
}

// out [n0, .., n4] (dense) = x at the strides s0 .. s4: any order of up to five axes
EXPORT(permute)
void permute(const float *x, float *out, int n0, int n1, int n2, int n3, int n4, int s0, int s1, int s2, int s3, int s4) {
  for (int a = 0; a < n0; a++)
    for (int b = 0; b < n1; b++)
      for (int c = 0; c < n2; c++)
        for (int d = 0; d < n3; d++) {
          const float *from = x + (long)a * s0 + (long)b * s1 + (long)c * s2 + (long)d * s3;
          for (int e = 0; e < n4; e++, from += s4) *out++ = *from;
        }
}

// rows of `length` 4-byte elements of x, one after another, to rows of out that are `pitch` apart
EXPORT(copy_rows)
void copy_rows(const float *x, float *out, int rows, int length, int pitch) {
  if (length == pitch) {
    __builtin_memcpy(out, x, (unsigned long)rows * length * sizeof(float));
    return;
  }
  for (int i = 0; i < rows; i++, out += pitch) {
    int n = 0;
    for (; n + 4 <= length; n += 4, x += 4) store(out + n, load(x));
    for (; n < length; n++) out[n] = *x++;
  }
}

// y = bytes through a table of [3][256]: 8-bit RGB to normalised numbers
EXPORT(normalize_bytes)
void normalize_bytes(const unsigned char *bytes, const float *table, float *y, int pixels) {
  for (int i = 0; i < pixels; i++, bytes += 3, y += 3) {
    y[0] = table[bytes[0]];
    y[1] = table[256 + bytes[1]];
    y[2] = table[512 + bytes[2]];
  }
}
