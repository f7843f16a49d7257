// What JavaScript calls of the WebAssembly module. The caller gives memory, all of it zeros; pointers are offsets into the module's.
#include "backbone.h"

#define EXPORT(name) __attribute__((export_name(#name)))

EXPORT(backbone_bytes)
int backbone_bytes(const int *config) {
  Arena arena = {0, 0};
  lay_out_backbone(&arena, config);
  return (int)arena.used;
}

// `order`: room for 2 * widest numbers, see pack_backbone().
EXPORT(backbone_make)
Backbone *backbone_make(char *memory, const int *config, const float *weights, int *order, int widest) {
  Arena arena = {memory, 0};
  Backbone *backbone = lay_out_backbone(&arena, config);
  pack_backbone(backbone, weights, order, widest);
  return backbone;
}

EXPORT(stream_bytes)
int stream_bytes(const Backbone *backbone, int height, int width) {
  Arena arena = {0, 0};
  lay_out_stream(&arena, backbone, height, width, 1);
  return (int)arena.used;
}

EXPORT(stream_make)
Stream *stream_make(char *memory, const Backbone *backbone, int height, int width) {
  Arena arena = {memory, 0};
  return lay_out_stream(&arena, backbone, height, width, 1);
}

EXPORT(stream_scratch_bytes)
int stream_scratch_bytes(const Stream *stream) { return (int)stream->scratch_bytes; }

EXPORT(stream_restart)
void stream_restart(Stream *stream) { restart_stream(stream); }

// How many frames' features became final.
EXPORT(stream_run)
int stream_run(Stream *stream, const void *frames, int is_bytes, int count, int drain, int ended, float *output, char *scratch) {
  give_frames(stream, frames, is_bytes, count, drain, ended, output);
  run_stream(stream, scratch);
  return stream->emitted - stream->output_first;
}
