// Products of matrices, which is what every 1x1 convolution is, and the stem too: out [rows, columns] = left [rows, depth] *
// weights [depth, columns] + bias, then perhaps another matrix and a ReLU.
//
// Weights are packed into panels of a few vectors of columns. A tile of some rows times one panel has all its sums in registers.
// Every sum starts at the bias and goes through the depth in order, so that it is the same in whichever tile it is.
#ifndef STREAM_PRODUCT_H
#define STREAM_PRODUCT_H
#include "arena.h"

// Vectors of a panel; an odd one out joins the last panel.
#define PANEL 2
#define WIDEST_PANEL (PANEL + 1)

// Rows of a tile by the vectors of its panel: as many as there are registers for sums, and for pointers to rows.
#if LANES == 16 || defined __aarch64__ // 32 registers
#define TILE_ROWS(vectors) ((vectors) == 3 ? 8 : 12)
#define MOST_TILE_ROWS 12
#elif LANES == 8
#define TILE_ROWS(vectors) ((vectors) == 3 ? 4 : 6)
#define MOST_TILE_ROWS 6
#else
#define TILE_ROWS(vectors) ((vectors) == 3 ? 2 : 4)
#define MOST_TILE_ROWS 4
#endif

// A left matrix, or some columns of it.
typedef struct {
  const float *rows;
  int pitch; // floats from row to row
  int depth;
} Factor;

typedef struct {
  int depth, columns; // columns are whole vectors
  float *packed;      // panel by panel: bias [vectors * LANES], then [depth][vectors * LANES]
} Weights;

typedef struct {
  float *rows;
  int pitch;
  const float *add; // another matrix, added before the ReLU; or 0
  int add_pitch;
  int with_relu;
} Output;

static void lay_out_weights(Arena *arena, Weights *w, int depth, int columns) {
  w->depth = depth;
  w->columns = padded(columns);
  w->packed = take_floats(arena, (long)(depth + 1) * w->columns);
}

// Vectors of the panel that begins at `vector` of `vectors`.
INLINE int panel_vectors(int vector, int vectors) {
  int rest = vectors - vector;
  return rest <= WIDEST_PANEL && rest != PANEL ? rest : PANEL;
}

// The bias is row 0, the weight of input k row k + 1.
static float *packed_weight(const Weights *w, int row, int column) {
  int vectors = w->columns / LANES, vector = 0, width = panel_vectors(0, vectors);
  while (column / LANES >= vector + width) {
    vector += width;
    width = panel_vectors(vector, vectors);
  }
  return w->packed + (long)vector * LANES * (w->depth + 1) + (long)row * width * LANES + column - vector * LANES;
}

// Takes over a bias [outputs], and weights [outputs][inputs] for the inputs from `first` on. Channels change places where an order is given:
// channel c of the weights becomes order[c] of the product.
static void pack_bias(const Weights *w, const float *bias, int outputs, const int *output_order) {
  for (int o = 0; o < outputs; o++) *packed_weight(w, 0, output_order ? output_order[o] : o) = bias[o];
}

static void pack_weights(const Weights *w, const float *weights, int first, int inputs, int outputs, const int *input_order,
                         const int *output_order) {
  for (int o = 0; o < outputs; o++)
    for (int i = 0; i < inputs; i++) {
      int row = 1 + first + (input_order ? input_order[i] : i);
      *packed_weight(w, row, output_order ? output_order[o] : o) = weights[(long)o * inputs + i];
    }
}

// sums[r] += row[r][from + spread * k] * panel[k], k < depth; `spread` numbers of a row are for as many neighbouring columns each.
// Returns the rest of the panel.
INLINE const float *accumulate(int rows, int vectors, int spread, const float *const *row, long from, int depth,
                               const float *panel, lanes sums[][WIDEST_PANEL]) {
  long end = from + (long)depth * spread;
  for (long k = from; k < end; k += spread) {
    lanes weight[WIDEST_PANEL];
    UNROLL
    for (int v = 0; v < vectors; v++) weight[v] = load(panel + v * LANES);
    UNROLL
    for (int r = 0; r < rows; r++) {
      lanes value = repeat(row[r] + k, spread);
      UNROLL
      for (int v = 0; v < vectors; v++) sums[r][v] = mul_add(value, weight[v], sums[r][v]);
    }
    panel += vectors * LANES;
  }
  return panel;
}

INLINE void multiply_tile(int rows, int vectors, const Factor *factors, int count, const float *panel, const Output *out,
                          int first, int column) {
  lanes sums[MOST_TILE_ROWS][WIDEST_PANEL];
  UNROLL
  for (int r = 0; r < rows; r++)
    UNROLL
    for (int v = 0; v < vectors; v++) sums[r][v] = load(panel + v * LANES);
  panel += vectors * LANES;
  for (int f = 0; f < count; f++) {
    const float *row[MOST_TILE_ROWS];
    UNROLL
    for (int r = 0; r < rows; r++) row[r] = factors[f].rows + (long)(first + r) * factors[f].pitch;
    panel = accumulate(rows, vectors, 1, row, 0, factors[f].depth, panel, sums);
  }
  if (out->add) {
    UNROLL
    for (int r = 0; r < rows; r++)
      UNROLL
      for (int v = 0; v < vectors; v++)
        sums[r][v] += load(out->add + (long)(first + r) * out->add_pitch + column + v * LANES);
  }
  if (out->with_relu) {
    UNROLL
    for (int r = 0; r < rows; r++)
      UNROLL
      for (int v = 0; v < vectors; v++) sums[r][v] = relu(sums[r][v]);
  }
  UNROLL
  for (int r = 0; r < rows; r++) {
    float *to = out->rows + (long)(first + r) * out->pitch + column;
    UNROLL
    for (int v = 0; v < vectors; v++) store(to + v * LANES, sums[r][v]);
  }
}

// Calls CALL(rows) with a constant: the rows of the next tile when `left` rows are shared out evenly among tiles of at most
// `most`.
#define CASE_TILE(n, CALL) \
  case n: CALL(n); break;
#if MOST_TILE_ROWS > 6
#define CASES_TILE(CALL)                                                                                                \
  CASE_TILE(12, CALL) CASE_TILE(11, CALL) CASE_TILE(10, CALL) CASE_TILE(9, CALL) CASE_TILE(8, CALL) CASE_TILE(7, CALL) \
  CASE_TILE(6, CALL) CASE_TILE(5, CALL) CASE_TILE(4, CALL) CASE_TILE(3, CALL) CASE_TILE(2, CALL) CASE_TILE(1, CALL)
#elif MOST_TILE_ROWS > 4
#define CASES_TILE(CALL) \
  CASE_TILE(6, CALL) CASE_TILE(5, CALL) CASE_TILE(4, CALL) CASE_TILE(3, CALL) CASE_TILE(2, CALL) CASE_TILE(1, CALL)
#else
#define CASES_TILE(CALL) CASE_TILE(4, CALL) CASE_TILE(3, CALL) CASE_TILE(2, CALL) CASE_TILE(1, CALL)
#endif

INLINE int tile_rows(int left, int most) { return divide_up(left, divide_up(left, most)); }

INLINE void multiply_panel(int vectors, const Factor *factors, int count, const float *panel, const Output *out, int rows,
                           int column) {
  for (int first = 0, taken; first < rows; first += taken) {
    taken = tile_rows(rows - first, TILE_ROWS(vectors));
#define MULTIPLY(n) \
  if ((n) <= TILE_ROWS(vectors)) multiply_tile(n, vectors, factors, count, panel, out, first, column)
    switch (taken) { CASES_TILE(MULTIPLY) }
#undef MULTIPLY
  }
}

// out = [the factors side by side] * weights + bias; the factors' depths add up to that of the weights.
static void multiply(const Factor *factors, int count, const Weights *weights, const Output *out, int rows) {
  int vectors = weights->columns / LANES;
  const float *panel = weights->packed;
  for (int vector = 0, width; vector < vectors; vector += width, panel += (long)(weights->depth + 1) * width * LANES) {
    width = panel_vectors(vector, vectors);
    int column = vector * LANES;
    if (width == 1) multiply_panel(1, factors, count, panel, out, rows, column);
    if (width == 2) multiply_panel(2, factors, count, panel, out, rows, column);
    if (width == 3) multiply_panel(3, factors, count, panel, out, rows, column);
  }
}

#endif
