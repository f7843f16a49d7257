// Which of the instructions that the kernels are compiled for this processor has. Every addon includes this once.
#ifndef MCORE_PROCESSOR_H
#define MCORE_PROCESSOR_H

typedef enum { NO_INSTRUCTIONS, NEON, AVX2, AVX512 } Instructions;

static const char *const INSTRUCTIONS_NAMES[] = {"", "NEON", "AVX2", "AVX-512"};

#if defined __aarch64__

// Every 64-bit ARM processor has it.
static Instructions instructions_here(void) { return NEON; }

#else
#include <cpuid.h>

// What the processor and the operating system know, asked for directly: compilers' helpers need a library.
static unsigned saved_registers(void) {
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static int has(unsigned word, unsigned bits) { return (word & bits) == bits; }

// The newest that is compiled for (x86-64-v4 or v3); none below.
static Instructions instructions_here(void) {
  unsigned a, b, c, d, extended_b, extended_c;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !has(c, bit_FMA | bit_MOVBE | bit_OSXSAVE | bit_AVX | bit_F16C)) return NO_INSTRUCTIONS;
  if (!__get_cpuid_count(7, 0, &a, &extended_b, &c, &d) || !has(extended_b, bit_AVX2 | bit_BMI | bit_BMI2)) return NO_INSTRUCTIONS;
  if (!__get_cpuid(0x80000001, &a, &b, &extended_c, &d) || !has(extended_c, bit_LZCNT)) return NO_INSTRUCTIONS;
  unsigned saved = saved_registers();
  if (!has(saved, 0x6)) return NO_INSTRUCTIONS;
  if (has(saved, 0xe6) && has(extended_b, bit_AVX512F | bit_AVX512DQ | bit_AVX512CD | bit_AVX512BW | bit_AVX512VL)) return AVX512;
  return AVX2;
}

#endif
#endif
