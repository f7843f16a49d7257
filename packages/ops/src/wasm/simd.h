// What every kernel here uses. No libc, no static data: the module lives inside the memory of tfjs's wasm backend.
#ifndef MCORE_SIMD_H
#define MCORE_SIMD_H
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef v128_t vec;

INLINE vec load(const float *p) { return wasm_v128_load(p); }
INLINE void store(float *p, vec v) { wasm_v128_store(p, v); }
INLINE vec load_splat(const float *p) { return wasm_v128_load32_splat(p); }
INLINE vec splat(float v) { return wasm_f32x4_splat(v); }
INLINE vec zero(void) { return wasm_f32x4_const_splat(0.0f); }
INLINE vec add(vec a, vec b) { return wasm_f32x4_add(a, b); }
INLINE vec sub(vec a, vec b) { return wasm_f32x4_sub(a, b); }
INLINE vec mul(vec a, vec b) { return wasm_f32x4_mul(a, b); }

// a * b + c
#ifdef __wasm_relaxed_simd__
INLINE vec mul_add(vec a, vec b, vec c) { return wasm_f32x4_relaxed_madd(a, b, c); }
#else
INLINE vec mul_add(vec a, vec b, vec c) { return add(c, mul(a, b)); }
#endif

// max(x, 0); NaN stays NaN
INLINE vec relu(vec x) { return wasm_f32x4_pmax(x, zero()); }
// d where y > 0, else 0
INLINE vec where_positive(vec d, vec y) { return wasm_v128_and(d, wasm_f32x4_gt(y, zero())); }

INLINE float sum_lanes(vec v) {
  vec pairs = add(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(pairs, 0) + wasm_f32x4_extract_lane(pairs, 1);
}

// the first `count` (0..8) of two vectors
INLINE void store_some(float *p, vec low, vec high, int count) {
  float all[8];
  if (count >= 8) {
    store(p, low);
    store(p + 4, high);
    return;
  }
  store(all, low);
  store(all + 4, high);
  for (int i = 0; i < count; i++) p[i] = all[i];
}

// rows become columns
INLINE void transpose_four(vec v[4]) {
  vec low = wasm_i32x4_shuffle(v[0], v[1], 0, 4, 1, 5), high = wasm_i32x4_shuffle(v[0], v[1], 2, 6, 3, 7);
  vec low2 = wasm_i32x4_shuffle(v[2], v[3], 0, 4, 1, 5), high2 = wasm_i32x4_shuffle(v[2], v[3], 2, 6, 3, 7);
  v[0] = wasm_i64x2_shuffle(low, low2, 0, 2);
  v[1] = wasm_i64x2_shuffle(low, low2, 1, 3);
  v[2] = wasm_i64x2_shuffle(high, high2, 0, 2);
  v[3] = wasm_i64x2_shuffle(high, high2, 1, 3);
}

INLINE void fill_zero(float *p, long count) {
  __builtin_memset(p, 0, (unsigned long)count * sizeof(float));
}

INLINE int smaller(int a, int b) { return a < b ? a : b; }
INLINE int larger(int a, int b) { return a > b ? a : b; }

#endif
