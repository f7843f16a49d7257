// The backbone compiled for one set of instructions, as the addon calls it.
#ifndef STREAM_ENGINE_H
#define STREAM_ENGINE_H

typedef struct {
  // Memory that was made here is freed here; 0 where there is none left.
  void *(*make_backbone)(const int *config, const float *weights);
  void (*free_backbone)(void *backbone);
  void *(*make_stream)(const void *backbone, int height, int width, int threads);
  void (*free_stream)(void *stream);
  void (*restart)(void *stream);
  // How many frames' features became final.
  int (*run)(void *stream, const void *frames, int is_bytes, int count, int drain, int ended, float *output);
  int (*features)(const void *backbone);
} Engine;

#if defined __aarch64__
extern const Engine engine_neon;
#else
extern const Engine engine_avx2, engine_avx512;
#endif

#endif
