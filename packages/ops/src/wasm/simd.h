// What every kernel here uses. No libc, no static data: compiled to WebAssembly, the module lives inside the memory of tfjs's wasm
// backend; compiled for a processor (@mcore/ops/native), it works on that same memory from outside.
//
// `vec` is four numbers, WebAssembly's width. `wide` is eight: two registers in WebAssembly, one with AVX.
#ifndef MCORE_SIMD_H
#define MCORE_SIMD_H

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float vec __attribute__((vector_size(16)));
typedef int ivec __attribute__((vector_size(16)));
typedef float wide __attribute__((vector_size(32)));
typedef int iwide __attribute__((vector_size(32)));
typedef vec unaligned_vec __attribute__((aligned(4), may_alias));
typedef wide unaligned_wide __attribute__((aligned(4), may_alias));

INLINE vec load(const float *p) { return *(const unaligned_vec *)p; }
INLINE void store(float *p, vec v) { *(unaligned_vec *)p = v; }
INLINE vec splat(float v) { return (vec){v, v, v, v}; }
INLINE vec load_splat(const float *p) { return splat(*p); }
INLINE vec zero(void) { return splat(0.0f); }
INLINE vec add(vec a, vec b) { return a + b; }
INLINE vec sub(vec a, vec b) { return a - b; }
INLINE vec mul(vec a, vec b) { return a * b; }
INLINE vec four(float a, float b, float c, float d) { return (vec){a, b, c, d}; }

#define shuffle(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

#ifdef __wasm__
#include <wasm_simd128.h>
#define EXPORT(name) __attribute__((export_name(#name)))
// used by other C files
#define SHARED

// rows a tile of matmul.h has: 8 sums in registers (6 x 8 and 5 x 8 are slower: V8 runs out of registers)
#define TILE 4

// a * b + c
#ifdef __wasm_relaxed_simd__
INLINE vec mul_add(vec a, vec b, vec c) { return (vec)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c); }
#else
INLINE vec mul_add(vec a, vec b, vec c) { return c + a * b; }
#endif

// max(x, 0); NaN stays NaN
INLINE vec relu(vec x) { return (vec)wasm_f32x4_pmax((v128_t)x, (v128_t)zero()); }

INLINE vec low_half(wide v) { return shuffle(v, v, 0, 1, 2, 3); }
INLINE vec high_half(wide v) { return shuffle(v, v, 4, 5, 6, 7); }
INLINE wide join(vec low, vec high) { return shuffle(low, high, 0, 1, 2, 3, 4, 5, 6, 7); }
INLINE wide wide_mul_add(wide a, wide b, wide c) {
  return join(mul_add(low_half(a), low_half(b), low_half(c)), mul_add(high_half(a), high_half(b), high_half(c)));
}
INLINE wide wide_relu(wide x) { return join(relu(low_half(x)), relu(high_half(x))); }
#else
// all files are one there
#define EXPORT(name) static
#define SHARED static

// enough sums to keep two fused multiply-adds a cycle busy over their four cycles
#define TILE 8

INLINE vec mul_add(vec a, vec b, vec c) { return __builtin_elementwise_fma(a, b, c); }
INLINE vec relu(vec x) { return (vec)((ivec)x & ~(ivec)(x < zero())); }
INLINE wide wide_mul_add(wide a, wide b, wide c) { return __builtin_elementwise_fma(a, b, c); }
INLINE wide wide_relu(wide x) { return (wide)((iwide)x & ~(iwide)(x < (wide){0})); }
#endif

INLINE wide load_wide(const float *p) { return *(const unaligned_wide *)p; }
INLINE void store_wide(float *p, wide v) { *(unaligned_wide *)p = v; }
INLINE wide load_wide_splat(const float *p) {
  float v = *p;
  return (wide){v, v, v, v, v, v, v, v};
}
INLINE wide zero_wide(void) { return (wide){0}; }

// d where y > 0, else 0
INLINE vec where_positive(vec d, vec y) { return (vec)((ivec)d & (ivec)(y > zero())); }
INLINE wide wide_where_positive(wide d, wide y) { return (wide)((iwide)d & (iwide)(y > zero_wide())); }

INLINE float sum_lanes(vec v) {
  vec pairs = v + shuffle(v, v, 2, 3, 0, 1);
  return pairs[0] + pairs[1];
}

// the first `count` (0..8)
INLINE void store_some(float *p, wide v, int count) {
  if (count >= 8) {
    store_wide(p, v);
    return;
  }
  float all[8];
  store_wide(all, v);
  for (int i = 0; i < count; i++) p[i] = all[i];
}

// rows become columns
INLINE void transpose_four(vec v[4]) {
  vec low = shuffle(v[0], v[1], 0, 4, 1, 5), high = shuffle(v[0], v[1], 2, 6, 3, 7);
  vec low2 = shuffle(v[2], v[3], 0, 4, 1, 5), high2 = shuffle(v[2], v[3], 2, 6, 3, 7);
  v[0] = shuffle(low, low2, 0, 1, 4, 5);
  v[1] = shuffle(low, low2, 2, 3, 6, 7);
  v[2] = shuffle(high, high2, 0, 1, 4, 5);
  v[3] = shuffle(high, high2, 2, 3, 6, 7);
}

INLINE void fill_zero(float *p, long count) {
  __builtin_memset(p, 0, (unsigned long)count * sizeof(float));
}

INLINE int smaller(int a, int b) { return a < b ? a : b; }
INLINE int larger(int a, int b) { return a > b ? a : b; }

#endif
