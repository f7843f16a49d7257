// A linear map of the last axis, and its gradients.
#include "matmul.h"

// `scratch`: packed_size(inputs, outputs)
EXPORT(pointwise)
void pointwise(const float *x, const float *weight, const float *bias, float *y, float *scratch, int rows, int inputs,
               int outputs, int with_relu) {
  pack_panels(weight, bias, scratch, inputs, outputs, outputs, 1);
  multiply_panels(x, inputs, scratch, y, outputs, rows, inputs, outputs, with_relu);
}

// y == 0: no ReLU. dx == 0: not wanted. `scratch`: packed_size(outputs, inputs) + 64 * outputs
EXPORT(pointwise_gradient)
void pointwise_gradient(const float *dy, const float *y, const float *x, const float *weight, float *dx, float *dweight,
                        float *dbias, float *scratch, int rows, int inputs, int outputs) {
  float *block = scratch + packed_size(outputs, inputs);
  if (dx) pack_panels(weight, 0, scratch, outputs, inputs, 1, outputs);
  fill_zero(dweight, (long)inputs * outputs);
  fill_zero(dbias, outputs);
  for (int start = 0; start < rows; start += 64) {
    int count = smaller(64, rows - start);
    const float *gradient = dy + (long)start * outputs;
    mask_rows(gradient, y ? y + (long)start * outputs : 0, block, dbias, count, outputs);
    if (y) gradient = block;
    if (dx) multiply_panels(gradient, outputs, scratch, dx + (long)start * inputs, inputs, count, outputs, inputs, 0);
    add_transposed_product(x + (long)start * inputs, inputs, gradient, outputs, dweight, outputs, count, inputs, outputs);
  }
}
