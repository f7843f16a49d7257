import { describe, expect, it } from 'vitest';
import { describeDives } from './found-dives.js';

const dive = { start: 61.2, takeOff: 62.4, entry: 63.9, end: 65.38, confidence: 0.91, replay: false };
const replay = { ...dive, start: 3671.5, takeOff: 3672.7, entry: 3676, end: 3677.48, confidence: 0.7, replay: true };

describe('describeDives', () => {
  it('lists dives and replays with the time as players show it', () => {
    const found = { video: 'final.mp4', durationSeconds: 4000, from: 0, to: 4000, dives: [dive, replay], notes: [] };
    expect(describeDives(found)).toBe(
      [
        'final.mp4: 1 dive and 1 replay between 0:00.00 and 1:06:40.00',
        '        start    take-off       entry         end  confidence',
        '-  ----------  ----------  ----------  ----------  ----------  ------',
        '1     1:01.20     1:02.40     1:03.90     1:05.38        0.91    dive',
        '2  1:01:11.50  1:01:12.70  1:01:16.00  1:01:17.48        0.70  replay',
      ].join('\n'),
    );
  });

  it('counts 0 dives if nothing was found', () => {
    const none = { video: 'talk.mp4', durationSeconds: 60, from: 0, to: 60, dives: [], notes: [] };
    expect(describeDives(none)).toBe('talk.mp4: 0 dives and 0 replays between 0:00.00 and 1:00.00');
  });
});
