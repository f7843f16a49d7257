// The table of kernels that scripts/build-native.mjs makes of src/wasm/*.c, once for each set of instructions.
#ifndef MCORE_KERNELS_H
#define MCORE_KERNELS_H

typedef struct {
  const char *name; // 0 ends the table
  int arguments;
  // `values` are the arguments as JavaScript gives them; pointers are offsets into `memory`
  double (*call)(char *memory, const double *values);
} Kernel;

#if defined __aarch64__
extern const Kernel kernels_neon[];
#else
extern const Kernel kernels_avx2[], kernels_avx512[];
#endif

#endif
