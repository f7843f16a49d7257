/** Which rendered recordings teach, tune and test the spotter. No event is in two parts, and no part shares a world (seed) with another. */
import { eventOfCompetition, heldOutEvents } from '@mcore/clips';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { Random } from '@mcore/random';
import { planRecording, recordingLabels } from '@mcore/rendered-dives';

const byCompetition = recordingLabels(fineDivingLabels);
const outer = heldOutEvents(fineDivingLabels, { share: 0.25, seed: 'spotter test' });
const inner = heldOutEvents(outer.train, { share: 0.12, seed: 'spotter validation' });
const names = (clips) => [...new Set(clips.map(({ competition }) => competition))].sort();

/** Competitions of each part. */
export const parts = { train: names(inner.train), validation: names(inner.test), test: names(outer.test) };

/** The events that are only tested on. */
export const testEvents = [...new Set(parts.test.map(eventOfCompetition))];

/** Recordings to learn from: a few dives each, with gaps cut short, so that an hour of rendering holds many dives. */
export function trainingPlans(count, firstSeed = 0) {
  return Array.from({ length: count }, (_, index) => {
    const random = Random.for('spotter', firstSeed, index);
    const name = random.pick(parts.train);
    const labels = byCompetition.get(name);
    const at = random.integer(Math.max(1, labels.length - 5));
    const seed = `spotter train ${firstSeed} ${index}`;
    const maxGapSeconds = random.uniform(9, 40);
    return {
      name: `train-${firstSeed}-${index}`,
      plan: () => planRecording(labels.slice(at, at + 6), { seed, maxGapSeconds }),
      augmented: random.chance(0.8),
      seed,
    };
  });
}

/** Recordings to set the threshold and to stop by. */
export function validationPlans(count) {
  return Array.from({ length: count }, (_, index) => {
    const random = Random.for('spotter validation', index);
    const labels = byCompetition.get(random.pick(parts.validation));
    const at = random.integer(Math.max(1, labels.length - 5));
    const seed = `spotter validation ${index}`;
    return {
      name: `validation-${index}`,
      plan: () => planRecording(labels.slice(at, at + 6), { seed, maxGapSeconds: 45 }),
      augmented: index % 2 === 1,
      seed,
    };
  });
}

/** Recordings to report on: one of every event that is only tested on, with dives where they lie in the real ones. */
export function testPlans(dives = 6) {
  return testEvents.map((event) => {
    const name = parts.test.find((competition) => eventOfCompetition(competition) === event);
    const seed = `spotter test ${name}`;
    const labels = byCompetition.get(name).slice(0, dives);
    // opening shows and breaks of many minutes would only take time
    return {
      name: `test-${name}`,
      plan: () => planRecording(labels, { seed, maxGapSeconds: 60 }),
      augmented: false,
      seed,
    };
  });
}
