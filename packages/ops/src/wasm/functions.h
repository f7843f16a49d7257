// exp, tanh and the logistic function on four numbers; polynomials of Moshier's Cephes library, good to about 1e-7.
#ifndef MCORE_FUNCTIONS_H
#define MCORE_FUNCTIONS_H
#include "simd.h"

INLINE vec choose(ivec mask, vec yes, vec no) { return (vec)(((ivec)yes & mask) | ((ivec)no & ~mask)); }

INLINE vec exponential(vec x) {
  x = choose((ivec)(x > splat(88.0f)), splat(88.0f), x); // NaN stays NaN
  x = choose((ivec)(x < splat(-87.0f)), splat(-87.0f), x);
  vec whole = __builtin_elementwise_roundeven(mul(x, splat(1.44269504088896341f)));
  vec rest = sub(sub(x, mul(whole, splat(0.693359375f))), mul(whole, splat(-2.12194440e-4f)));
  vec sum = splat(1.9875691500e-4f);
  sum = add(mul(sum, rest), splat(1.3981999507e-3f));
  sum = add(mul(sum, rest), splat(8.3334519073e-3f));
  sum = add(mul(sum, rest), splat(4.1665795894e-2f));
  sum = add(mul(sum, rest), splat(1.6666665459e-1f));
  sum = add(mul(sum, rest), splat(5.0000001201e-1f));
  sum = add(add(mul(sum, mul(rest, rest)), rest), splat(1.0f));
  ivec power = (__builtin_convertvector(whole, ivec) + 127) << 23;
  return mul(sum, (vec)power);
}

INLINE vec logistic(vec x) { return splat(1.0f) / add(splat(1.0f), exponential(-x)); }

INLINE vec hyperbolic_tangent(vec x) {
  vec size = __builtin_elementwise_abs(x);
  vec square = mul(x, x);
  vec sum = splat(-5.70498872745e-3f);
  sum = add(mul(sum, square), splat(2.06390887954e-2f));
  sum = add(mul(sum, square), splat(-5.37397155531e-2f));
  sum = add(mul(sum, square), splat(1.33314422036e-1f));
  sum = add(mul(sum, square), splat(-3.33332819422e-1f));
  vec near = add(mul(mul(sum, square), x), x);
  vec far = sub(splat(1.0f), splat(2.0f) / add(exponential(add(size, size)), splat(1.0f)));
  ivec sign = (ivec)x & (ivec)splat(-0.0f);
  return choose((ivec)(size < splat(0.625f)), near, (vec)((ivec)far | sign));
}

#endif
