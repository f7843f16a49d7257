// exp, tanh and the logistic function on four numbers; polynomials of Moshier's Cephes library, good to about 1e-7.
#ifndef MCORE_FUNCTIONS_H
#define MCORE_FUNCTIONS_H
#include "simd.h"

INLINE vec exponential(vec x) {
  x = wasm_f32x4_pmax(wasm_f32x4_pmin(x, splat(88.0f)), splat(-87.0f));
  vec whole = wasm_f32x4_nearest(mul(x, splat(1.44269504088896341f)));
  vec rest = sub(sub(x, mul(whole, splat(0.693359375f))), mul(whole, splat(-2.12194440e-4f)));
  vec sum = splat(1.9875691500e-4f);
  sum = add(mul(sum, rest), splat(1.3981999507e-3f));
  sum = add(mul(sum, rest), splat(8.3334519073e-3f));
  sum = add(mul(sum, rest), splat(4.1665795894e-2f));
  sum = add(mul(sum, rest), splat(1.6666665459e-1f));
  sum = add(mul(sum, rest), splat(5.0000001201e-1f));
  sum = add(add(mul(sum, mul(rest, rest)), rest), splat(1.0f));
  vec power = wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(whole), wasm_i32x4_const_splat(127)), 23);
  return mul(sum, power);
}

INLINE vec logistic(vec x) {
  return wasm_f32x4_div(splat(1.0f), add(splat(1.0f), exponential(wasm_f32x4_neg(x))));
}

INLINE vec hyperbolic_tangent(vec x) {
  vec size = wasm_f32x4_abs(x);
  vec square = mul(x, x);
  vec sum = splat(-5.70498872745e-3f);
  sum = add(mul(sum, square), splat(2.06390887954e-2f));
  sum = add(mul(sum, square), splat(-5.37397155531e-2f));
  sum = add(mul(sum, square), splat(1.33314422036e-1f));
  sum = add(mul(sum, square), splat(-3.33332819422e-1f));
  vec near = add(mul(mul(sum, square), x), x);
  vec far = sub(splat(1.0f), wasm_f32x4_div(splat(2.0f), add(exponential(add(size, size)), splat(1.0f))));
  vec sign = wasm_v128_and(x, wasm_f32x4_const_splat(-0.0f));
  return wasm_v128_bitselect(near, wasm_v128_or(far, sign), wasm_f32x4_lt(size, splat(0.625f)));
}

#endif
