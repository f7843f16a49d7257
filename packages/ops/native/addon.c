// Gives JavaScript the kernels of @mcore/ops, compiled for this processor, on the memory of a WebAssembly module.
//
// `link(older)` returns an object with one function a kernel and `setMemory(buffer)`. As in the WebAssembly module, pointers are numbers:
// offsets into that memory, 0 for none. Nothing is checked here: they come from the same code that calls the WebAssembly module.
#include <node_api.h>
#include <stdbool.h>
#include <stdlib.h>
#include "kernels.h"
#include "processor.h"

// What one `link()` works on.
typedef struct {
  char *memory;
} Link;

// What one function of it needs.
typedef struct {
  const Kernel *kernel;
  Link *link;
} Binding;

#define MOST_ARGUMENTS 24

static napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, "ERR_MCORE_ENGINE", message);
  return 0;
}

static napi_value call_kernel(napi_env env, napi_callback_info info) {
  napi_value given[MOST_ARGUMENTS];
  double values[MOST_ARGUMENTS];
  size_t count = MOST_ARGUMENTS;
  void *data;
  if (napi_get_cb_info(env, info, &count, given, 0, &data) != napi_ok) return fail(env, "native kernels: no arguments");
  const Binding *binding = data;
  if ((int)count != binding->kernel->arguments) return fail(env, "native kernels: expected another number of arguments");
  if (!binding->link->memory) return fail(env, "native kernels: no memory yet, call setMemory first");
  for (size_t i = 0; i < count; i++)
    if (napi_get_value_double(env, given[i], &values[i]) != napi_ok) return fail(env, "native kernels: expected numbers");
  double result = binding->kernel->call(binding->link->memory, values);
  napi_value returned;
  if (napi_create_double(env, result, &returned) != napi_ok) return 0;
  return returned;
}

static napi_value set_memory(napi_env env, napi_callback_info info) {
  napi_value buffer;
  size_t count = 1, length;
  void *data, *memory;
  if (napi_get_cb_info(env, info, &count, &buffer, 0, &data) != napi_ok || count != 1 ||
      napi_get_arraybuffer_info(env, buffer, &memory, &length) != napi_ok)
    return fail(env, "native kernels: setMemory expected an ArrayBuffer");
  ((Link *)data)->memory = memory;
  return 0;
}

static const Kernel *kernels_for(Instructions instructions) {
  switch (instructions) {
#if defined __aarch64__
    case NEON: return kernels_neon;
#else
    case AVX512: return kernels_avx512;
    case AVX2: return kernels_avx2;
#endif
    default: return 0;
  }
}

// `link(true)` takes the kernels for AVX2 where there are newer ones.
static napi_value link_kernels(napi_env env, napi_callback_info info) {
  napi_value argument;
  size_t given = 1;
  bool older = false;
  if (napi_get_cb_info(env, info, &given, &argument, 0, 0) != napi_ok ||
      (given == 1 && napi_get_value_bool(env, argument, &older) != napi_ok))
    return fail(env, "native kernels: link expected a boolean");
  Instructions newest = instructions_here();
  const Kernel *kernels = kernels_for(older && newest == AVX512 ? AVX2 : newest);
  if (!kernels) return fail(env, "native kernels: expected a processor with AVX2 and FMA");
  int count = 0;
  while (kernels[count].name) count++;
  // one block: the link, then a binding a kernel. Any of the functions may outlive the object that holds them, so the block stays
  // until the thread ends.
  char *block = malloc(sizeof(Link) + (size_t)count * sizeof(Binding));
  if (!block) return fail(env, "native kernels: out of memory");
  Link *link = (Link *)block;
  Binding *bindings = (Binding *)(block + sizeof(Link));
  link->memory = 0;
  napi_value object, function;
  if (napi_create_object(env, &object) != napi_ok || napi_add_env_cleanup_hook(env, free, block) != napi_ok) {
    free(block);
    return fail(env, "native kernels: can't make an object");
  }
  for (int i = 0; i < count; i++) {
    bindings[i] = (Binding){&kernels[i], link};
    if (napi_create_function(env, kernels[i].name, NAPI_AUTO_LENGTH, call_kernel, &bindings[i], &function) != napi_ok ||
        napi_set_named_property(env, object, kernels[i].name, function) != napi_ok)
      return fail(env, "native kernels: can't make a function");
  }
  if (napi_create_function(env, "setMemory", NAPI_AUTO_LENGTH, set_memory, link, &function) != napi_ok ||
      napi_set_named_property(env, object, "setMemory", function) != napi_ok)
    return fail(env, "native kernels: can't make a function");
  return object;
}

static napi_value instructions(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value name;
  napi_create_string_utf8(env, INSTRUCTIONS_NAMES[instructions_here()], NAPI_AUTO_LENGTH, &name);
  return name;
}

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "link", NAPI_AUTO_LENGTH, link_kernels, 0, &function) != napi_ok ||
      napi_set_named_property(env, exports, "link", function) != napi_ok ||
      napi_create_function(env, "instructions", NAPI_AUTO_LENGTH, instructions, 0, &function) != napi_ok ||
      napi_set_named_property(env, exports, "instructions", function) != napi_ok)
    return 0;
  return exports;
}
