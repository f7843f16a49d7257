// Products of row-major matrices by tiles of TILE rows x 8 columns, whose sums stay in registers.
#ifndef MCORE_MATMUL_H
#define MCORE_MATMUL_H
#include "simd.h"

// `right` [depth, columns], element (k, n) at right[k * row_stride + n * column_stride], packed into panels of 8 columns:
// 8 starting values (bias or zeros), then [depth][8]. Columns beyond the last are zeros.
SHARED void pack_panels(const float *right, const float *bias, float *packed, int depth, int columns, int row_stride,
                 int column_stride);

// Floats that packed panels take.
INLINE long packed_size(int depth, int columns) { return (long)((columns + 7) / 8) * (depth + 1) * 8; }

// out [rows, columns] (row pitch out_pitch) = left [rows, depth] (row pitch left_pitch) * panels, then ReLU if asked
SHARED void multiply_panels(const float *left, int left_pitch, const float *packed, float *out, int out_pitch, int rows,
                     int depth, int columns, int with_relu);

// out [depth, columns] += transpose(left [rows, depth]) * right [rows, columns], any pitches
SHARED void add_transposed_product(const float *left, int left_pitch, const float *right, int right_pitch, float *out,
                            int out_pitch, int rows, int depth, int columns);

// block [rows, columns] = dy where y > 0, and sums += its column sums; y == 0: sums alone
SHARED void mask_rows(const float *dy, const float *y, float *block, float *sums, int rows, int columns);

// sums[r] += left[r * left_pitch + k] * panel[k], for `count` rows; the heart of every product here
INLINE void accumulate_tile(int count, const float *left, int left_pitch, const float *panel, int depth, wide *sums) {
  for (int k = 0; k < depth; k++, panel += 8) {
    wide values = load_wide(panel);
    UNROLL
    for (int r = 0; r < count; r++) sums[r] = wide_mul_add(load_wide_splat(left + r * left_pitch + k), values, sums[r]);
  }
}

// sums[r] += left[m * left_pitch + r] * right[m * right_pitch], for `count` columns of left
INLINE void accumulate_outer(int count, const float *left, int left_pitch, const float *right, int right_pitch, int rows,
                             wide *sums) {
  for (int m = 0; m < rows; m++, left += left_pitch, right += right_pitch) {
    wide values = load_wide(right);
    UNROLL
    for (int r = 0; r < count; r++) sums[r] = wide_mul_add(load_wide_splat(left + r), values, sums[r]);
  }
}

// Calls TILE_CALL(rows) for a tile of a known number of rows, at most TILE of the `left` ones, and says how many it was.
#define WITH_TILE(left, taken, TILE_CALL) \
  do {                                    \
    if (TILE > 4 && (left) >= TILE) {     \
      TILE_CALL(TILE);                    \
      taken = TILE;                       \
      break;                              \
    }                                     \
    switch (smaller(4, left)) {           \
      case 4: TILE_CALL(4); break;        \
      case 3: TILE_CALL(3); break;        \
      case 2: TILE_CALL(2); break;        \
      default: TILE_CALL(1);              \
    }                                     \
    taken = smaller(4, left);             \
  } while (0)

#endif
