// Products of row-major matrices by tiles of 4 rows x 8 columns: 8 sums in registers, 2 loads and 4 splats for 16 operations.
// (6 x 8 and 5 x 8 are slower: V8 runs out of registers.)
#ifndef MCORE_MATMUL_H
#define MCORE_MATMUL_H
#include "simd.h"

// `right` [depth, columns], element (k, n) at right[k * row_stride + n * column_stride], packed into panels of 8 columns:
// 8 starting values (bias or zeros), then [depth][8]. Columns beyond the last are zeros.
void pack_panels(const float *right, const float *bias, float *packed, int depth, int columns, int row_stride,
                 int column_stride);

// Floats that packed panels take.
INLINE long packed_size(int depth, int columns) { return (long)((columns + 7) / 8) * (depth + 1) * 8; }

// out [rows, columns] (row pitch out_pitch) = left [rows, depth] (row pitch left_pitch) * panels, then ReLU if asked
void multiply_panels(const float *left, int left_pitch, const float *packed, float *out, int out_pitch, int rows,
                     int depth, int columns, int with_relu);

// out [depth, columns] += transpose(left [rows, depth]) * right [rows, columns], any pitches
void add_transposed_product(const float *left, int left_pitch, const float *right, int right_pitch, float *out,
                            int out_pitch, int rows, int depth, int columns);

// block [rows, columns] = dy where y > 0, and sums += its column sums; y == 0: sums alone
void mask_rows(const float *dy, const float *y, float *block, float *sums, int rows, int columns);

// sums[r] += left[r * left_pitch + k] * panel[k], for `count` rows; the heart of every product here
INLINE void accumulate_tile(int count, const float *left, int left_pitch, const float *panel, int depth, vec low[4],
                            vec high[4]) {
  for (int k = 0; k < depth; k++, panel += 8) {
    vec first = load(panel), second = load(panel + 4);
    UNROLL
    for (int r = 0; r < count; r++) {
      vec value = load_splat(left + r * left_pitch + k);
      low[r] = mul_add(value, first, low[r]);
      high[r] = mul_add(value, second, high[r]);
    }
  }
}

// sums[r] += left[m * left_pitch + r] * right[m * right_pitch], for `count` columns of left
INLINE void accumulate_outer(int count, const float *left, int left_pitch, const float *right, int right_pitch, int rows,
                             vec low[4], vec high[4]) {
  for (int m = 0; m < rows; m++, left += left_pitch, right += right_pitch) {
    vec first = load(right), second = load(right + 4);
    UNROLL
    for (int r = 0; r < count; r++) {
      vec value = load_splat(left + r);
      low[r] = mul_add(value, first, low[r]);
      high[r] = mul_add(value, second, high[r]);
    }
  }
}

#endif
