// The recurrence of one direction of a gated recurrent unit, whole sequence. Gate order r, z, n as in PyTorch.
#include "functions.h"
#include "matmul.h"

INLINE vec load_some(const float *p, int count) {
  if (count >= 4) return load(p);
  float all[4] = {0, 0, 0, 0};
  for (int i = 0; i < count; i++) all[i] = p[i];
  return load(all);
}

INLINE void store_few(float *p, vec v, int count) {
  if (count >= 4) {
    store(p, v);
    return;
  }
  for (int i = 0; i < count; i++) p[i] = v[i];
}

EXPORT(gru_scratch)
int gru_scratch(int batch, int hidden) {
  return larger(packed_size(hidden, 3 * hidden), packed_size(3 * hidden, hidden)) + 5 * batch * hidden;
}

// projected [batch, time, 3 hidden]; weight [3 hidden, hidden]; states [batch, time, 2 hidden], of which the half at `states`
// is written; gates [batch, time, 4 hidden]: r, z, n and the hidden side of n.
EXPORT(gru_direction)
void gru_direction(const float *projected, const float *weight, const float *bias, float *states, float *gates,
                   float *scratch, int batch, int time, int hidden, int backwards) {
  int three = 3 * hidden;
  float *product = scratch + packed_size(hidden, three);
  float *state = product + batch * three;
  pack_panels(weight, bias, scratch, hidden, three, 1, hidden);
  fill_zero(state, batch * hidden);
  for (int step = 0; step < time; step++) {
    int at = backwards ? time - 1 - step : step;
    multiply_panels(state, hidden, scratch, product, three, batch, hidden, three, 0);
    for (int b = 0; b < batch; b++) {
      long row = (long)b * time + at;
      const float *input = projected + row * three, *own = product + b * three;
      float *gate = gates + row * 4 * hidden, *to = states + row * 2 * hidden, *kept = state + b * hidden;
      for (int h = 0; h < hidden; h += 4) {
        int count = smaller(4, hidden - h);
        vec reset = logistic(add(load_some(input + h, count), load_some(own + h, count)));
        vec update = logistic(add(load_some(input + hidden + h, count), load_some(own + hidden + h, count)));
        vec side = load_some(own + 2 * hidden + h, count);
        vec fresh = hyperbolic_tangent(add(load_some(input + 2 * hidden + h, count), mul(reset, side)));
        vec next = add(fresh, mul(update, sub(load_some(kept + h, count), fresh)));
        store_few(gate + h, reset, count);
        store_few(gate + hidden + h, update, count);
        store_few(gate + 2 * hidden + h, fresh, count);
        store_few(gate + 3 * hidden + h, side, count);
        store_few(to + h, next, count);
        store_few(kept + h, next, count);
      }
    }
  }
}

// Gradients of the input side and of the hidden side, [batch, time, 3 hidden] each; dy and states are halves as above.
EXPORT(gru_direction_gradient)
void gru_direction_gradient(const float *dy, const float *states, const float *gates, const float *weight, float *dinput,
                            float *dhidden, float *scratch, int batch, int time, int hidden, int backwards) {
  int three = 3 * hidden;
  float *product = scratch + packed_size(three, hidden); // of the step's hidden side with the weight
  float *side = product + batch * hidden;                // the step's hidden side, rows side by side
  float *carried = side + batch * three;
  pack_panels(weight, 0, scratch, three, hidden, hidden, 1);
  fill_zero(carried, batch * hidden);
  for (int step = time - 1; step >= 0; step--) {
    int at = backwards ? time - 1 - step : step;
    for (int b = 0; b < batch; b++) {
      long row = (long)b * time + at;
      const float *gate = gates + row * 4 * hidden, *gradient = dy + row * 2 * hidden;
      const float *previous = step > 0 ? states + (row + (backwards ? 1 : -1)) * 2 * hidden : 0;
      float *to_input = dinput + row * three, *to_hidden = dhidden + row * three, *to_side = side + b * three;
      float *carry = carried + b * hidden;
      for (int h = 0; h < hidden; h += 4) {
        int count = smaller(4, hidden - h);
        vec reset = load_some(gate + h, count), update = load_some(gate + hidden + h, count);
        vec fresh = load_some(gate + 2 * hidden + h, count), own = load_some(gate + 3 * hidden + h, count);
        vec before = previous ? load_some(previous + h, count) : zero();
        vec one = splat(1.0f);
        vec dstate = add(load_some(gradient + h, count), load_some(carry + h, count));
        vec dnew = mul(dstate, mul(sub(one, update), sub(one, mul(fresh, fresh))));
        vec dupdate = mul(dstate, mul(sub(before, fresh), mul(update, sub(one, update))));
        vec dreset = mul(dnew, mul(own, mul(reset, sub(one, reset))));
        vec dside = mul(dnew, reset);
        store_few(to_input + h, dreset, count);
        store_few(to_input + hidden + h, dupdate, count);
        store_few(to_input + 2 * hidden + h, dnew, count);
        store_few(to_hidden + h, dreset, count);
        store_few(to_hidden + hidden + h, dupdate, count);
        store_few(to_hidden + 2 * hidden + h, dside, count);
        store_few(to_side + h, dreset, count);
        store_few(to_side + hidden + h, dupdate, count);
        store_few(to_side + 2 * hidden + h, dside, count);
        store_few(carry + h, mul(dstate, update), count);
      }
    }
    multiply_panels(side, three, scratch, product, hidden, batch, three, hidden, 0);
    for (int i = 0; i < batch * hidden; i++) carried[i] += product[i];
  }
}
