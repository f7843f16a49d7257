// The gate-shift module's 3x3x3 convolution to two gates.
//
// It has a single output a gate, so channels can't be the vectors' lanes; positions are. A frame's channels are
// laid out as planes of [height + 2][width + 2] floats with a border of zeros and walked as flat arrays: whatever is computed
// at border columns is dropped. Frames outside of the clip are planes of zeros.
#include "functions.h"

typedef struct {
  int height, width, pitch, span, plane;
} Frame;

// `span`: positions walked, a multiple of 4; `plane`: floats a plane takes, so that no tap of any position leaves it
static Frame frame_of(int height, int width) {
  Frame f;
  f.height = height;
  f.width = width;
  f.pitch = width + 2;
  f.span = (height * f.pitch + 3) / 4 * 4;
  f.plane = (f.span + 2 * f.pitch + 2 + 3) / 4 * 4;
  return f;
}

// filter [27][half][2] to [2 half][27]; flipped: taps in reverse
static void pack_gate_filter(const float *filter, float *packed, int channels, int flipped) {
  int half = channels / 2;
  for (int c = 0; c < channels; c++)
    for (int tap = 0; tap < 27; tap++)
      *packed++ = filter[((flipped ? 26 - tap : tap) * half + c % half) * 2 + c / half];
}

// The first `channels` of a frame's pixels as planes; relu(x * scale + shift) if there is a scale. Borders are zeros already.
static void to_planes(const float *x, int pixel, const float *scale, const float *shift, float *planes, int channels,
                      Frame f) {
  for (int i = 0; i < f.height; i++)
    for (int j = 0; j < f.width; j++, x += pixel) {
      float *to = planes + (i + 1) * f.pitch + j + 1;
      for (int c = 0; c < channels; c += 4, to += 4 * f.plane) {
        vec value = load(x + c);
        if (scale) value = relu(mul_add(value, load(scale + c), load(shift + c)));
        to[0] = value[0];
        to[f.plane] = value[1];
        to[2 * f.plane] = value[2];
        to[3 * f.plane] = value[3];
      }
    }
}

// sums += nine taps of `count` vectors from a plane
INLINE void add_nine(int count, const float *plane, int pitch, const float *weights, vec *sums) {
  for (int p = 0; p < 3; p++)
    UNROLL
    for (int q = 0; q < 3; q++) {
      vec weight = load_splat(weights + p * 3 + q);
      UNROLL
      for (int v = 0; v < count; v++) sums[v] = mul_add(weight, load(plane + p * pitch + q + 4 * v), sums[v]);
    }
}

// `count` vectors of one gate: every channel of its half in three frames
INLINE void gate_block(int count, const float *const frames[3], const float *packed, int half, Frame f, float bias,
                       float *out) {
  vec sums[4];
  UNROLL
  for (int v = 0; v < count; v++) sums[v] = splat(bias);
  for (int c = 0; c < half; c++)
    for (int t = 0; t < 3; t++) add_nine(count, frames[t] + (long)c * f.plane, f.pitch, packed + c * 27 + t * 9, sums);
  UNROLL
  for (int v = 0; v < count; v++) store(out + 4 * v, sums[v]);
}

EXPORT(gate_conv_scratch)
int gate_conv_scratch(int height, int width, int channels) {
  Frame f = frame_of(height, width);
  return 27 * channels + 4 * channels * f.plane + 2 * f.span;
}

// x [clips, time, height, width, pixel], of which the first `channels` are seen (through relu(x * scale + shift) if scale is
// not 0); gate [clips, time, height, width, 2], with tanh if asked.
EXPORT(gate_conv)
void gate_conv(const float *x, const float *scale, const float *shift, const float *filter, const float *bias, float *gate,
               float *scratch, int clips, int time, int height, int width, int pixel, int channels, int with_tanh) {
  Frame f = frame_of(height, width);
  int half = channels / 2;
  long slot = (long)channels * f.plane, frame_size = (long)height * width * pixel;
  float *planes = scratch + 27 * channels, *sums = planes + 4 * slot;
  pack_gate_filter(filter, scratch, channels, 0);
  fill_zero(planes, 4 * slot);
  for (int n = 0; n < clips; n++) {
    const float *clip = x + n * time * frame_size;
    to_planes(clip, pixel, scale, shift, planes, channels, f);
    for (int t = 0; t < time; t++) {
      if (t + 1 < time) to_planes(clip + (t + 1) * frame_size, pixel, scale, shift, planes + (t + 1) % 3 * slot, channels, f);
      for (int g = 0; g < 2; g++) {
        const float *frames[3];
        for (int k = 0; k < 3; k++) {
          int at = t + k - 1;
          frames[k] = planes + (at < 0 || at >= time ? 3 : at % 3) * slot + (long)g * half * f.plane;
        }
        const float *packed = scratch + g * half * 27;
        float *to = sums + g * f.span;
        int i = 0;
        for (; i + 16 <= f.span; i += 16) {
          const float *const at[3] = {frames[0] + i, frames[1] + i, frames[2] + i};
          gate_block(4, at, packed, half, f, bias[g], to + i);
        }
        for (; i < f.span; i += 4) {
          const float *const at[3] = {frames[0] + i, frames[1] + i, frames[2] + i};
          gate_block(1, at, packed, half, f, bias[g], to + i);
        }
        if (with_tanh)
          for (i = 0; i < f.span; i += 4) store(to + i, hyperbolic_tangent(load(to + i)));
      }
      float *out = gate + ((long)n * time + t) * height * width * 2;
      for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++, out += 2) {
          out[0] = sums[i * f.pitch + j];
          out[1] = sums[f.span + i * f.pitch + j];
        }
    }
  }
}

// One row of taps (p) of one channel: sums over positions of z at three columns times the gradient in three frames.
INLINE void add_tap_row(const float *z, const float *const gradients[3], int span, float *out) {
  vec sums[9];
  UNROLL
  for (int i = 0; i < 9; i++) sums[i] = zero();
  for (int i = 0; i < span; i += 4) {
    vec z0 = load(z + i), z1 = load(z + i + 1), z2 = load(z + i + 2);
    UNROLL
    for (int t = 0; t < 3; t++) {
      vec gradient = load(gradients[t] + i);
      sums[t * 3] = mul_add(gradient, z0, sums[t * 3]);
      sums[t * 3 + 1] = mul_add(gradient, z1, sums[t * 3 + 1]);
      sums[t * 3 + 2] = mul_add(gradient, z2, sums[t * 3 + 2]);
    }
  }
  UNROLL
  for (int t = 0; t < 3; t++)
    for (int q = 0; q < 3; q++) out[t * 9 + q] += sum_lanes(sums[t * 3 + q]);
}

// dplane = gradient by one channel's plane, from the gate's gradient in three frames
INLINE void channel_block(int count, const float *const gradients[3], const float *packed, Frame f, float *out) {
  vec sums[4];
  UNROLL
  for (int v = 0; v < count; v++) sums[v] = zero();
  for (int t = 0; t < 3; t++) add_nine(count, gradients[t], f.pitch, packed + t * 9, sums);
  UNROLL
  for (int v = 0; v < count; v++) store(out + 4 * v, sums[v]);
}

// Adds a frame's dplanes [channels][span] to dx, through relu(x * scale + shift) if there is a scale.
static void from_planes(const float *dplanes, const float *planes, const float *x, const float *scale, float *dx, int pixel,
                        float *dscale, float *dshift, int channels, int accumulate, Frame f) {
  for (int c = 0; c < channels; c += 4) {
    vec scale_sum = zero(), shift_sum = zero();
    vec factor = scale ? load(scale + c) : splat(1.0f);
    for (int i = 0; i < f.height; i++)
      for (int j = 0; j < f.width; j++) {
        const float *from = dplanes + (long)c * f.span + i * f.pitch + j;
        vec gradient = four(from[0], from[f.span], from[2 * f.span], from[3 * f.span]);
        long at = (long)(i * f.width + j) * pixel + c;
        if (scale) {
          const float *z = planes + (long)c * f.plane + (i + 1) * f.pitch + j + 1;
          gradient = where_positive(gradient, four(z[0], z[f.plane], z[2 * f.plane], z[3 * f.plane]));
          scale_sum = mul_add(gradient, load(x + at), scale_sum);
          shift_sum = add(shift_sum, gradient);
        }
        vec result = mul(gradient, factor);
        store(dx + at, accumulate ? add(load(dx + at), result) : result);
      }
    if (scale) {
      store(dscale + c, add(load(dscale + c), scale_sum));
      store(dshift + c, add(load(dshift + c), shift_sum));
    }
  }
}

EXPORT(gate_conv_gradient_scratch)
int gate_conv_gradient_scratch(int time, int height, int width, int channels) {
  Frame f = frame_of(height, width);
  return 2 * 27 * channels + channels * f.plane + channels * f.span + (time + 2) * 2 * f.plane;
}

// Gradients of gate_conv. `gate` is its output if it had a tanh, else 0. `dx` is added to (accumulate) or written in its first
// `channels`; dx or dfilter == 0: not wanted. dscale and dshift only if there is a scale.
EXPORT(gate_conv_gradient)
void gate_conv_gradient(const float *dgate, const float *gate, const float *x, const float *scale, const float *shift,
                        const float *filter, float *dx, float *dscale, float *dshift, float *dfilter, float *dbias,
                        float *scratch, int clips, int time, int height, int width, int pixel, int channels,
                        int accumulate) {
  Frame f = frame_of(height, width);
  int half = channels / 2;
  long frame_size = (long)height * width * pixel, positions = (long)height * width;
  float *packed = scratch, *dpacked = packed + 27 * channels;
  float *planes = dpacked + 27 * channels, *dplanes = planes + (long)channels * f.plane;
  float *gradients = dplanes + (long)channels * f.span; // [time + 2][2][plane]
  float bias_sums[2] = {0, 0};
  pack_gate_filter(filter, packed, channels, 1);
  fill_zero(dpacked, 27 * channels);
  fill_zero(planes, (long)channels * f.plane);
  fill_zero(gradients, (long)(time + 2) * 2 * f.plane);
  if (dscale) fill_zero(dscale, channels);
  if (dshift) fill_zero(dshift, channels);
  for (int n = 0; n < clips; n++) {
    for (int t = 0; t < time; t++) {
      const float *from = dgate + (n * time + t) * positions * 2;
      const float *out = gate ? gate + (n * time + t) * positions * 2 : 0;
      float *to = gradients + (long)(t + 1) * 2 * f.plane;
      float frame_sums[2] = {0, 0};
      for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++)
          for (int g = 0; g < 2; g++) {
            int at = (i * width + j) * 2 + g;
            float value = out ? from[at] * (1.0f - out[at] * out[at]) : from[at];
            to[g * f.plane + (i + 1) * f.pitch + j + 1] = value;
            frame_sums[g] += value;
          }
      bias_sums[0] += frame_sums[0];
      bias_sums[1] += frame_sums[1];
    }
    if (!dx && !dfilter) continue;
    for (int t = 0; t < time; t++) {
      const float *frame = x + (n * time + t) * frame_size;
      // frame t was seen by tap 0 of frame t + 1, tap 1 of frame t, tap 2 of frame t - 1
      const float *around = gradients + (long)t * 2 * f.plane;
      if (dfilter || scale) to_planes(frame, pixel, scale, shift, planes, channels, f);
      for (int c = 0; c < channels; c++) {
        const float *gate_at = around + (c / half) * f.plane;
        const float *const inner[3] = {gate_at + 4 * f.plane + f.pitch + 1, gate_at + 2 * f.plane + f.pitch + 1, gate_at + f.pitch + 1};
        if (dfilter)
          for (int p = 0; p < 3; p++)
            add_tap_row(planes + (long)c * f.plane + p * f.pitch, inner, f.span, dpacked + c * 27 + p * 3);
        if (!dx) continue;
        int i = 0;
        for (; i + 16 <= f.span; i += 16) {
          const float *const at[3] = {gate_at + i, gate_at + 2 * f.plane + i, gate_at + 4 * f.plane + i};
          channel_block(4, at, packed + c * 27, f, dplanes + (long)c * f.span + i);
        }
        for (; i < f.span; i += 4) {
          const float *const at[3] = {gate_at + i, gate_at + 2 * f.plane + i, gate_at + 4 * f.plane + i};
          channel_block(1, at, packed + c * 27, f, dplanes + (long)c * f.span + i);
        }
      }
      if (dx)
        from_planes(dplanes, planes, frame, scale, dx + (n * time + t) * frame_size, pixel, dscale, dshift, channels,
                    accumulate, f);
    }
  }
  if (dbias) {
    dbias[0] = bias_sums[0];
    dbias[1] = bias_sums[1];
  }
  if (dfilter)
    for (int c = 0; c < channels; c++)
      for (int tap = 0; tap < 27; tap++) dfilter[(tap * half + c % half) * 2 + c / half] = dpacked[c * 27 + tap];
}
