// The backbone as a Node-API addon, compiled for AVX2 and AVX-512, or for NEON.
//
//   instructions(): 'AVX-512', 'AVX2', 'NEON' or ''
//   makeBackbone(config: Int32Array, weights: Float32Array, older: boolean): backbone
//   makeStream(backbone, height, width, threads): stream, which must not outlive its backbone
//   restart(stream)
//   run(stream, frames: Uint8Array | Float32Array, count, drain: boolean, ended: boolean, output: Float32Array): frames that became final
//   freeStream(stream), freeBackbone(backbone): at once, rather than when they are collected
//
// What JavaScript gives was checked there; what would read or write outside of its memory is refused here too.
#include <node_api.h>
#include <stdbool.h>
#include <stdlib.h>
#include "engine.h"
#include "processor.h"

typedef struct {
  const Engine *engine;
  void *value;     // 0 once freed
  long frame_size; // numbers of a frame, of a stream
  int features;
  int waiting;     // frames that were given and have no features yet, of a stream
} Handle;

static napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, "ERR_MCORE_ENGINE", message);
  return 0;
}

// The newest of what was compiled that this processor can run.
static const Engine *engine_here(void) {
  switch (instructions_here()) {
#if defined __aarch64__
    case NEON: return &engine_neon;
#else
    case AVX512: return &engine_avx512;
    case AVX2: return &engine_avx2;
#endif
    default: return 0;
  }
}

#define MOST_ARGUMENTS 6

// Exactly `count` arguments.
static bool arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values) {
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, values, 0, 0) == napi_ok && given == count) return true;
  fail(env, "backbone-stream: expected another number of arguments");
  return false;
}

static bool typed_array(napi_env env, napi_value value, napi_typedarray_type wanted, size_t *length, void **data) {
  napi_typedarray_type type;
  return napi_get_typedarray_info(env, value, &type, length, data, 0, 0) == napi_ok && type == wanted;
}

static void free_backbone_handle(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  Handle *handle = data;
  if (handle->value) handle->engine->free_backbone(handle->value);
  free(handle);
}

static void free_stream_handle(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  Handle *handle = data;
  if (handle->value) handle->engine->free_stream(handle->value);
  free(handle);
}

static napi_value wrap(napi_env env, const Engine *engine, void *value, long frame_size, int features, napi_finalize finalize) {
  napi_value external;
  Handle *handle = value ? malloc(sizeof(Handle)) : 0;
  if (!handle) return fail(env, "backbone-stream: out of memory");
  *handle = (Handle){engine, value, frame_size, features, 0};
  if (napi_create_external(env, handle, finalize, 0, &external) == napi_ok) return external;
  finalize(env, handle, 0);
  return fail(env, "backbone-stream: can't make an object");
}

static Handle *unwrap(napi_env env, napi_value value) {
  void *data;
  if (napi_get_value_external(env, value, &data) == napi_ok && ((Handle *)data)->value) return data;
  fail(env, "backbone-stream: expected what was made here and not freed");
  return 0;
}

static napi_value make_backbone(napi_env env, napi_callback_info info) {
  napi_value given[3];
  size_t count, length;
  void *config, *weights;
  bool older;
  if (!arguments(env, info, 3, given)) return 0;
  if (!typed_array(env, given[0], napi_int32_array, &count, &config) || !typed_array(env, given[1], napi_float32_array, &length, &weights) ||
      napi_get_value_bool(env, given[2], &older) != napi_ok)
    return fail(env, "backbone-stream: expected makeBackbone(Int32Array, Float32Array, boolean)");
  const Engine *engine = engine_here();
  if (!engine) return fail(env, "backbone-stream: expected a processor with AVX2 and FMA");
#if !defined __aarch64__
  if (older) engine = &engine_avx2;
#endif
  void *backbone = engine->make_backbone(config, weights);
  return wrap(env, engine, backbone, 0, backbone ? engine->features(backbone) : 0, free_backbone_handle);
}

static napi_value make_stream(napi_env env, napi_callback_info info) {
  napi_value given[4];
  int sizes[3];
  if (!arguments(env, info, 4, given)) return 0;
  Handle *backbone = unwrap(env, given[0]);
  if (!backbone) return 0;
  for (int i = 0; i < 3; i++)
    if (napi_get_value_int32(env, given[i + 1], &sizes[i]) != napi_ok || sizes[i] < 1)
      return fail(env, "backbone-stream: expected makeStream(backbone, height, width, threads)");
  const Engine *engine = backbone->engine;
  void *stream = engine->make_stream(backbone->value, sizes[0], sizes[1], sizes[2]);
  return wrap(env, engine, stream, (long)sizes[0] * sizes[1] * 3, backbone->features, free_stream_handle);
}

static napi_value restart(napi_env env, napi_callback_info info) {
  napi_value given[1];
  if (!arguments(env, info, 1, given)) return 0;
  Handle *stream = unwrap(env, given[0]);
  if (!stream) return 0;
  stream->engine->restart(stream->value);
  stream->waiting = 0;
  return 0;
}

static napi_value run(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS], result;
  size_t length, room;
  void *frames, *output;
  int count;
  bool drain, ended;
  if (!arguments(env, info, 6, given)) return 0;
  Handle *stream = unwrap(env, given[0]);
  if (!stream) return 0;
  bool is_bytes = typed_array(env, given[1], napi_uint8_array, &length, &frames) ||
                  typed_array(env, given[1], napi_uint8_clamped_array, &length, &frames);
  if ((!is_bytes && !typed_array(env, given[1], napi_float32_array, &length, &frames)) ||
      napi_get_value_int32(env, given[2], &count) != napi_ok || napi_get_value_bool(env, given[3], &drain) != napi_ok ||
      napi_get_value_bool(env, given[4], &ended) != napi_ok || !typed_array(env, given[5], napi_float32_array, &room, &output))
    return fail(env, "backbone-stream: expected run(stream, frames, count, drain, ended, Float32Array)");
  long waiting = (long)stream->waiting + count;
  if (count < 0 || (long)length != count * stream->frame_size || (long)room < waiting * stream->features)
    return fail(env, "backbone-stream: frames or output are of another size");
  int final = stream->engine->run(stream->value, frames, is_bytes, count, drain, ended, output);
  stream->waiting = (int)waiting - final;
  return napi_create_int32(env, final, &result) == napi_ok ? result : 0;
}

static napi_value free_backbone(napi_env env, napi_callback_info info) {
  napi_value given[1];
  if (!arguments(env, info, 1, given)) return 0;
  Handle *backbone = unwrap(env, given[0]);
  if (!backbone) return 0;
  backbone->engine->free_backbone(backbone->value);
  backbone->value = 0;
  return 0;
}

static napi_value free_stream(napi_env env, napi_callback_info info) {
  napi_value given[1];
  if (!arguments(env, info, 1, given)) return 0;
  Handle *stream = unwrap(env, given[0]);
  if (!stream) return 0;
  stream->engine->free_stream(stream->value);
  stream->value = 0;
  return 0;
}

static napi_value instructions(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value name;
  napi_create_string_utf8(env, INSTRUCTIONS_NAMES[instructions_here()], NAPI_AUTO_LENGTH, &name);
  return name;
}

NAPI_MODULE_INIT() {
  const struct {
    const char *name;
    napi_callback call;
  } functions[] = {
    {"instructions", instructions}, {"makeBackbone", make_backbone}, {"makeStream", make_stream},   {"restart", restart},
    {"run", run},                   {"freeStream", free_stream},     {"freeBackbone", free_backbone},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    if (napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, 0, &function) != napi_ok ||
        napi_set_named_property(env, exports, functions[i].name, function) != napi_ok)
      return 0;
  }
  return exports;
}
