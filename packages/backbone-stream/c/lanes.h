// Vectors of the width that suits what is compiled for: 4 numbers in WebAssembly, 8 with AVX2, 16 with AVX-512.
//
// No C library, no static data. Multiplications and additions are fused only where `mul_add` says so, so that a result does not
// depend on which tile of a product computed it.
#ifndef STREAM_LANES_H
#define STREAM_LANES_H

#if defined __wasm__
#include <wasm_simd128.h>
#define LANES 4
#elif defined __AVX512F__
#define LANES 16
#elif defined __AVX2__
#define LANES 8
#else
#define LANES 4
#endif

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float lanes __attribute__((vector_size(4 * LANES)));
typedef int int_lanes __attribute__((vector_size(4 * LANES)));
typedef unsigned char byte_lanes __attribute__((vector_size(LANES)));
typedef lanes unaligned_lanes __attribute__((aligned(4), may_alias));
typedef int_lanes unaligned_int_lanes __attribute__((aligned(4), may_alias));
typedef byte_lanes unaligned_byte_lanes __attribute__((aligned(1), may_alias));
typedef float quad __attribute__((vector_size(16)));
typedef quad unaligned_quad __attribute__((aligned(4), may_alias));

INLINE lanes load(const float *p) { return *(const unaligned_lanes *)p; }
INLINE void store(float *p, lanes v) { *(unaligned_lanes *)p = v; }
INLINE int_lanes load_ints(const int *p) { return *(const unaligned_int_lanes *)p; }
INLINE lanes bytes_to_floats(const unsigned char *p) {
  return __builtin_convertvector(*(const unaligned_byte_lanes *)p, lanes);
}
INLINE quad load_quad(const float *p) { return *(const unaligned_quad *)p; }
INLINE void store_quad(float *p, quad v) { *(unaligned_quad *)p = v; }

INLINE lanes splat(float v) {
#if LANES == 4
  return (lanes){v, v, v, v};
#elif LANES == 8
  return (lanes){v, v, v, v, v, v, v, v};
#else
  return (lanes){v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v};
#endif
}
INLINE lanes zeros(void) { return (lanes){0}; }

// `spread` numbers (1, 2 or 4), over and over.
INLINE lanes repeat(const float *p, int spread) {
#if LANES == 16
  if (spread == 4) {
    quad v = load_quad(p);
    return __builtin_shufflevector(v, v, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
  }
  if (spread == 2) {
    typedef double pairs __attribute__((vector_size(64)));
    typedef double pair __attribute__((aligned(4), may_alias));
    double v = *(const pair *)p;
    return (lanes)(pairs){v, v, v, v, v, v, v, v};
  }
#elif LANES == 8
  if (spread == 2) {
    typedef double pairs __attribute__((vector_size(32)));
    typedef double pair __attribute__((aligned(4), may_alias));
    double v = *(const pair *)p;
    return (lanes)(pairs){v, v, v, v};
  }
#endif
  (void)spread;
  return splat(*p);
}

// a * b + c
INLINE lanes mul_add(lanes a, lanes b, lanes c) {
#if defined __wasm_relaxed_simd__
  return (lanes)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c);
#elif defined __wasm__
  return a * b + c;
#else
  return __builtin_elementwise_fma(a, b, c);
#endif
}

// `yes` where the mask has ones, `no` where it has zeros.
INLINE lanes choose(int_lanes mask, lanes yes, lanes no) {
  return (lanes)(((int_lanes)yes & mask) | ((int_lanes)no & ~mask));
}

// max(x, 0); NaN stays NaN.
INLINE lanes relu(lanes x) {
#if defined __wasm__
  return (lanes)wasm_f32x4_pmax((v128_t)x, (v128_t)zeros());
#else
  return (lanes)((int_lanes)x & ~(int_lanes)(x < zeros()));
#endif
}

INLINE void fill_zero(float *p, long count) { __builtin_memset(p, 0, (unsigned long)count * sizeof(float)); }
INLINE void copy_floats(float *to, const float *from, long count) {
  __builtin_memcpy(to, from, (unsigned long)count * sizeof(float));
}
// A few vectors: WebAssembly's own filling and copying is a call out of the module.
INLINE void clear_lanes(float *p, int count) {
  for (int i = 0; i < count; i += LANES) store(p + i, zeros());
}
INLINE void copy_lanes(float *to, const float *from, int count) {
  for (int i = 0; i < count; i += LANES) store(to + i, load(from + i));
}
INLINE int smaller(int a, int b) { return a < b ? a : b; }
INLINE int larger(int a, int b) { return a > b ? a : b; }
INLINE int divide_up(int a, int b) { return (a + b - 1) / b; }
// Channels as they lie in memory: rounded up to whole vectors. What is added is zeros.
INLINE int padded(int channels) { return divide_up(channels, LANES) * LANES; }

#endif
