// 3x3 convolution with padding 1 of few input channels: the stem. A tap's row of three pixels is 3 * inputs numbers side by side.
#include "matmul.h"

// The image amid a border of zeros one pixel wide.
static void pad_image(const float *x, float *padded, int height, int width, int inputs) {
  long pitch = (long)(width + 2) * inputs, row = (long)width * inputs;
  fill_zero(padded, pitch);
  fill_zero(padded + (height + 1) * pitch, pitch);
  for (int i = 0; i < height; i++) {
    float *to = padded + (i + 1) * pitch;
    fill_zero(to, inputs);
    __builtin_memcpy(to + inputs, x + i * row, (unsigned long)row * sizeof(float));
    fill_zero(to + inputs + row, inputs);
  }
}

INLINE void dense_tile(int count, const float *padded, long pitch, int step, const float *panel, int depth, float *y,
                       int outputs, int width, int with_relu) {
  wide sums[TILE];
  UNROLL
  for (int r = 0; r < count; r++) sums[r] = load_wide(panel);
  for (int p = 0; p < 3; p++) accumulate_tile(count, padded + p * pitch, step, panel + 8 + p * depth * 8, depth, sums);
  UNROLL
  for (int r = 0; r < count; r++) store_some(y + r * outputs, with_relu ? wide_relu(sums[r]) : sums[r], width);
}

EXPORT(dense_conv_scratch)
int dense_conv_scratch(int height, int width, int inputs, int outputs) {
  return packed_size(9 * inputs, outputs) + (height + 2) * (width + 2) * inputs + 64 * outputs;
}

EXPORT(dense_conv)
void dense_conv(const float *x, const float *filter, const float *bias, float *y, float *scratch, int images, int height,
                int width, int inputs, int outputs, int stride, int with_relu) {
  int rows = (height - 1) / stride + 1, columns = (width - 1) / stride + 1;
  int depth = 3 * inputs, step = stride * inputs;
  long panel_size = (long)(3 * depth + 1) * 8, pitch = (long)(width + 2) * inputs;
  float *padded = scratch + packed_size(3 * depth, outputs);
  pack_panels(filter, bias, scratch, 3 * depth, outputs, outputs, 1);
  for (int n = 0; n < images; n++) {
    pad_image(x + (long)n * height * width * inputs, padded, height, width, inputs);
    for (int i = 0; i < rows; i++)
      for (int j = 0, taken = 1; j < columns; j += taken) {
        const float *from = padded + i * stride * pitch + (long)j * step;
        float *to = y + ((long)(n * rows + i) * columns + j) * outputs;
        const float *panel = scratch;
        for (int o = 0; o < outputs; o += 8, panel += panel_size) {
          int some = smaller(8, outputs - o);
#define DENSE(count) dense_tile(count, from, pitch, step, panel, depth, to + o, outputs, some, with_relu)
          WITH_TILE(columns - j, taken, DENSE);
#undef DENSE
        }
      }
  }
}

// Gradients by filter and bias; y == 0: there was no ReLU.
EXPORT(dense_conv_gradient)
void dense_conv_gradient(const float *dy, const float *y, const float *x, float *dfilter, float *dbias, float *scratch,
                         int images, int height, int width, int inputs, int outputs, int stride) {
  int rows = (height - 1) / stride + 1, columns = (width - 1) / stride + 1;
  int depth = 3 * inputs;
  long pitch = (long)(width + 2) * inputs;
  float *padded = scratch, *block = scratch + (height + 2) * pitch;
  fill_zero(dfilter, 3 * (long)depth * outputs);
  fill_zero(dbias, outputs);
  for (int n = 0; n < images; n++) {
    pad_image(x + (long)n * height * width * inputs, padded, height, width, inputs);
    for (int i = 0; i < rows; i++)
      for (int start = 0; start < columns; start += 64) {
        int count = smaller(64, columns - start);
        long at = ((long)(n * rows + i) * columns + start) * outputs;
        const float *gradient = dy + at;
        mask_rows(gradient, y ? y + at : 0, block, dbias, count, outputs);
        if (y) gradient = block;
        for (int p = 0; p < 3; p++)
          add_transposed_product(padded + (i * stride + p) * pitch + (long)start * stride * inputs, stride * inputs,
                                 gradient, outputs, dfilter + (long)p * depth * outputs, outputs, count, depth, outputs);
      }
  }
}
