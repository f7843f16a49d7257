// A batch normalisation with fixed statistics, folded into the convolution before it.
#include "simd.h"

// factor [outputs] = gamma / sqrt(variance + epsilon); filter [taps, inputs, outputs] = weight [outputs, inputs, taps] * factor;
// offset [outputs] = beta - mean * factor
EXPORT(fold_normalization)
void fold_normalization(const float *weight, const float *gamma, const float *beta, const float *mean,
                        const float *variance, float epsilon, float *filter, float *offset, int outputs, int inputs,
                        int taps) {
  int row = inputs * taps;
  for (int o = 0; o < outputs; o++) offset[o] = gamma[o] / __builtin_sqrtf(variance[o] + epsilon);
  int o = 0;
  for (; o + 4 <= outputs; o += 4) {
    vec factors = load(offset + o);
    const float *from = weight + (long)o * row;
    int i = 0;
    if (taps == 1)
      for (; i + 4 <= inputs; i += 4) {
        vec block[4];
        UNROLL
        for (int r = 0; r < 4; r++) block[r] = load(from + r * row + i);
        transpose_four(block);
        UNROLL
        for (int r = 0; r < 4; r++) store(filter + (long)(i + r) * outputs + o, mul(block[r], factors));
      }
    for (; i < inputs; i++)
      for (int k = 0; k < taps; k++) {
        const float *at = from + i * taps + k;
        vec values = four(at[0], at[row], at[2 * row], at[3 * row]);
        store(filter + ((long)k * inputs + i) * outputs + o, mul(values, factors));
      }
  }
  for (; o < outputs; o++)
    for (int i = 0; i < inputs; i++)
      for (int k = 0; k < taps; k++)
        filter[((long)k * inputs + i) * outputs + o] = weight[(long)o * row + i * taps + k] * offset[o];
  for (o = 0; o < outputs; o++) offset[o] = beta[o] - mean[o] * offset[o];
}

// Gradients by weight, gamma and beta.
EXPORT(fold_normalization_gradient)
void fold_normalization_gradient(const float *dfilter, const float *doffset, const float *weight, const float *gamma,
                                 const float *mean, const float *variance, float epsilon, float *dweight, float *dgamma,
                                 float *dbeta, int outputs, int inputs, int taps) {
  int row = inputs * taps, o = 0;
  for (int n = 0; n < outputs; n++) dbeta[n] = gamma[n] / __builtin_sqrtf(variance[n] + epsilon);
  for (; o + 4 <= outputs; o += 4) {
    vec factors = load(dbeta + o), sums = zero();
    const float *from = dfilter + o, *own = weight + (long)o * row;
    float *to = dweight + (long)o * row;
    int i = 0;
    if (taps == 1)
      for (; i + 4 <= inputs; i += 4) {
        vec block[4], values[4];
        UNROLL
        for (int r = 0; r < 4; r++) {
          block[r] = load(from + (long)(i + r) * outputs);
          values[r] = load(own + r * row + i);
        }
        transpose_four(values);
        UNROLL
        for (int r = 0; r < 4; r++) {
          sums = add(sums, mul(block[r], values[r]));
          block[r] = mul(block[r], factors);
        }
        transpose_four(block);
        UNROLL
        for (int r = 0; r < 4; r++) store(to + r * row + i, block[r]);
      }
    for (; i < inputs; i++)
      for (int k = 0; k < taps; k++) {
        int at = i * taps + k;
        vec gradient = load(from + ((long)k * inputs + i) * outputs);
        sums = add(sums, mul(gradient, four(own[at], own[at + row], own[at + 2 * row], own[at + 3 * row])));
        vec result = mul(gradient, factors);
        to[at] = result[0];
        to[at + row] = result[1];
        to[at + 2 * row] = result[2];
        to[at + 3 * row] = result[3];
      }
    store(dgamma + o, sums);
  }
  for (; o < outputs; o++) {
    float sum = 0;
    for (int i = 0; i < inputs; i++)
      for (int k = 0; k < taps; k++) {
        float gradient = dfilter[((long)k * inputs + i) * outputs + o];
        long at = (long)o * row + i * taps + k;
        sum += gradient * weight[at];
        dweight[at] = gradient * dbeta[o];
      }
    dgamma[o] = sum;
  }
  for (o = 0; o < outputs; o++) {
    dgamma[o] = (dgamma[o] - mean[o] * doffset[o]) / __builtin_sqrtf(variance[o] + epsilon);
    dbeta[o] = doffset[o];
  }
}
