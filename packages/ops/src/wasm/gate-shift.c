// The gate shift: the first half of the channels sends its gated part one frame back, the second half one frame forward; then
// each half is interleaved, channel i * quarter + j going to 2 * j + i.
#include "simd.h"

// One half of one pixel: (1 - gate) * x of this frame plus gate * x of the neighbour, interleaved.
INLINE void shift_half(const float *x, float gate, const float *other, float other_gate, float *y, int quarter) {
  int j = 0;
  for (; j + 4 <= quarter; j += 4) {
    vec first = mul(load(x + j), splat(1.0f - gate)), second = mul(load(x + quarter + j), splat(1.0f - gate));
    if (other) {
      first = mul_add(load(other + j), splat(other_gate), first);
      second = mul_add(load(other + quarter + j), splat(other_gate), second);
    }
    store(y + 2 * j, shuffle(first, second, 0, 4, 1, 5));
    store(y + 2 * j + 4, shuffle(first, second, 2, 6, 3, 7));
  }
  if (quarter == 2) {
    vec both = mul(load(x), splat(1.0f - gate));
    if (other) both = mul_add(load(other), splat(other_gate), both);
    store(y, shuffle(both, both, 0, 2, 1, 3));
    return;
  }
  for (; j < quarter; j++) {
    float first = x[j] * (1.0f - gate), second = x[quarter + j] * (1.0f - gate);
    if (other) {
      first += other[j] * other_gate;
      second += other[quarter + j] * other_gate;
    }
    y[2 * j] = first;
    y[2 * j + 1] = second;
  }
}

// Copies the channels that don't take part.
INLINE void copy_rest(const float *x, float *y, int from, int to) {
  int c = from;
  for (; c + 4 <= to; c += 4) store(y + c, load(x + c));
  for (; c < to; c++) y[c] = x[c];
}

// x, y [clips, time, positions, pixel], of which the first `channels` take part; gate [clips, time, positions, 2]
EXPORT(gate_shift)
void gate_shift(const float *x, const float *gate, float *y, int clips, int time, int positions, int pixel, int channels) {
  int half = channels / 2, quarter = channels / 4;
  long frame = (long)positions * pixel, gate_frame = (long)positions * 2;
  for (int n = 0; n < clips; n++)
    for (int t = 0; t < time; t++)
      for (int p = 0; p < positions; p++, x += pixel, y += pixel, gate += 2) {
        const float *later = t + 1 < time ? x + frame : 0, *earlier = t > 0 ? x - frame + half : 0;
        shift_half(x, gate[0], later, later ? gate[gate_frame] : 0, y, quarter);
        shift_half(x + half, gate[1], earlier, earlier ? gate[1 - gate_frame] : 0, y + half, quarter);
        copy_rest(x, y, channels, pixel);
      }
}

// dx of one half of one pixel, and the gate's gradient, which is returned.
INLINE float unshift_half(const float *dy, const float *other_dy, const float *x, float gate, float *dx, int quarter) {
  vec total = zero();
  float rest = 0;
  int j = 0;
  for (; j + 4 <= quarter; j += 4) {
    vec a = load(dy + 2 * j), b = load(dy + 2 * j + 4);
    vec first = shuffle(a, b, 0, 2, 4, 6), second = shuffle(a, b, 1, 3, 5, 7);
    vec first_moved = -first, second_moved = -second;
    if (other_dy) {
      vec c = load(other_dy + 2 * j), d = load(other_dy + 2 * j + 4);
      first_moved = add(first_moved, shuffle(c, d, 0, 2, 4, 6));
      second_moved = add(second_moved, shuffle(c, d, 1, 3, 5, 7));
    }
    store(dx + j, mul_add(first_moved, splat(gate), first));
    store(dx + quarter + j, mul_add(second_moved, splat(gate), second));
    total = mul_add(first_moved, load(x + j), total);
    total = mul_add(second_moved, load(x + quarter + j), total);
  }
  if (quarter == 2) {
    vec a = load(dy);
    vec both = shuffle(a, a, 0, 2, 1, 3), moved = -both;
    if (other_dy) {
      vec c = load(other_dy);
      moved = add(moved, shuffle(c, c, 0, 2, 1, 3));
    }
    store(dx, mul_add(moved, splat(gate), both));
    return sum_lanes(mul(moved, load(x)));
  }
  for (; j < quarter; j++)
    for (int k = 0; k < 2; k++) {
      float value = dy[2 * j + k], moved = (other_dy ? other_dy[2 * j + k] : 0) - value;
      dx[k * quarter + j] = value + moved * gate;
      rest += moved * x[k * quarter + j];
    }
  return sum_lanes(total) + rest;
}

EXPORT(gate_shift_gradient)
void gate_shift_gradient(const float *dy, const float *x, const float *gate, float *dx, float *dgate, int clips, int time,
                         int positions, int pixel, int channels) {
  int half = channels / 2, quarter = channels / 4;
  long frame = (long)positions * pixel;
  for (int n = 0; n < clips; n++)
    for (int t = 0; t < time; t++)
      for (int p = 0; p < positions; p++, dy += pixel, x += pixel, dx += pixel, gate += 2, dgate += 2) {
        // what this frame's gate took from the first half went to the frame before, from the second to the frame after
        const float *earlier = t > 0 ? dy - frame : 0, *later = t + 1 < time ? dy + frame + half : 0;
        dgate[0] = unshift_half(dy, earlier, x, gate[0], dx, quarter);
        dgate[1] = unshift_half(dy + half, later, x + half, gate[1], dx + half, quarter);
        copy_rest(dy, dx, channels, pixel);
      }
}
