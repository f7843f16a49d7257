// exp, tanh and the logistic function; polynomials of Moshier's Cephes library, good to about 1e-7.
#ifndef STREAM_FUNCTIONS_H
#define STREAM_FUNCTIONS_H
#include "lanes.h"

INLINE lanes exponential(lanes x) {
  x = choose((int_lanes)(x > splat(88.0f)), splat(88.0f), x); // NaN stays NaN
  x = choose((int_lanes)(x < splat(-87.0f)), splat(-87.0f), x);
  lanes whole = __builtin_elementwise_roundeven(x * splat(1.44269504088896341f));
  lanes rest = x - whole * splat(0.693359375f) - whole * splat(-2.12194440e-4f);
  lanes sum = splat(1.9875691500e-4f);
  sum = mul_add(sum, rest, splat(1.3981999507e-3f));
  sum = mul_add(sum, rest, splat(8.3334519073e-3f));
  sum = mul_add(sum, rest, splat(4.1665795894e-2f));
  sum = mul_add(sum, rest, splat(1.6666665459e-1f));
  sum = mul_add(sum, rest, splat(5.0000001201e-1f));
  sum = mul_add(sum, rest * rest, rest) + splat(1.0f);
  int_lanes power = (__builtin_convertvector(whole, int_lanes) + 127) << 23;
  return sum * (lanes)power;
}

INLINE lanes logistic(lanes x) { return splat(1.0f) / (splat(1.0f) + exponential(-x)); }

INLINE lanes hyperbolic_tangent(lanes x) {
  lanes size = __builtin_elementwise_abs(x);
  lanes square = x * x;
  lanes sum = splat(-5.70498872745e-3f);
  sum = mul_add(sum, square, splat(2.06390887954e-2f));
  sum = mul_add(sum, square, splat(-5.37397155531e-2f));
  sum = mul_add(sum, square, splat(1.33314422036e-1f));
  sum = mul_add(sum, square, splat(-3.33332819422e-1f));
  lanes near = mul_add(sum * square, x, x);
  lanes far = splat(1.0f) - splat(2.0f) / (exponential(size + size) + splat(1.0f));
  int_lanes sign = (int_lanes)x & (int_lanes)splat(-0.0f);
  return choose((int_lanes)(size < splat(0.625f)), near, (lanes)((int_lanes)far | sign));
}

#endif
