import { Random } from '@mcore/random';
import { mainViewpoint, type Operator, planOperator, project, replayViewpoint, type Viewpoint } from './camera.js';
import { type Motion, planMotion } from './motion.js';
import { type Obstacle, planObstacles } from './obstacles.js';
import { planSplash, type Splash } from './splash.js';
import { partnerOffset } from './tower.js';
import { isSpringboard, isSynchronised, type Look, planLook, planVenue, type Venue } from './venue.js';
import type { RenderableClip } from './visible-events.js';

/** One diver of a clip. */
export interface DiverPlan {
  readonly motion: Motion;
  readonly splash: Splash;
}

/** A camera from some frame on. */
export interface Shot {
  readonly from: number;
  readonly view: Viewpoint;
  readonly operator: Operator;
  /** Names the backdrop: shots of one competition share them. */
  readonly key: string;
  readonly obstacles: readonly Obstacle[];
}

/** Everything that is drawn of a clip, without any pixel; independent of the picture's size. */
export interface ClipPlan {
  readonly clip: RenderableClip;
  readonly springboard: boolean;
  readonly venue: Venue;
  readonly look: Look;
  /** The diver, and the partner in a synchronised dive; the nearer to the main camera last. */
  readonly divers: readonly DiverPlan[];
  readonly shots: readonly Shot[];
  /** Picture quality: share of the pixels that are really resolved, strength of noise, of exposure and its flicker. */
  readonly sharpness: number;
  readonly noise: number;
  readonly exposure: number;
}

/** Plans a clip; everything follows from the clip and the seed. */
export function planClip(clip: RenderableClip, seed: number | string): ClipPlan {
  const springboard = isSpringboard(clip);
  const venue = planVenue(clip.competition, seed);
  const offset = isSynchronised(clip.competition) ? partnerOffset[springboard ? 'springboard' : 'platform'] : 0;
  const sides = offset > 0 ? [-offset, offset] : [springboard ? 1.1 : 0];
  const divers = sides.map((side, partner): DiverPlan => {
    const motion = planMotion(clip, seed, { springboard, partner, side });
    return { motion, splash: planSplash(motion.deductions.splash, seed, clip.id, partner) };
  });
  const random = Random.for(seed, 'clip', clip.id);
  return {
    clip,
    springboard,
    venue,
    look: planLook(clip, seed),
    divers,
    shots: planShots(clip, seed, springboard, divers[0]!.motion, venue),
    sharpness: random.pick([1, 1, 0.85, 0.7, 0.6]),
    noise: random.uniform(0.02, 0.11),
    exposure: random.normal(0, 0.05),
  };
}

function planShots(
  clip: RenderableClip,
  seed: number | string,
  springboard: boolean,
  motion: Motion,
  venue: Venue,
): Shot[] {
  const random = Random.for(seed, 'shots', clip.id);
  const main = mainViewpoint(clip.competition, seed, springboard);
  const key = `${clip.competition} ${springboard ? 3 : 10}`;
  const operator = planOperator(main, motion, random);
  const obstacles = planObstacles(clip.id, seed, venue, operator.framing(0), {
    u: 0,
    v: project(main, [2, 0, motion.entryPoint[2]]).v + 0.17 * main.viewHeight,
    height: main.viewHeight,
  });
  const shots: Shot[] = [{ from: 0, view: main, operator, key: `${key} main`, obstacles }];
  if (random.chance(0.32)) {
    const moment = random.uniform();
    const { takeOff, entry } = motion.events;
    const from =
      moment < 0.7
        ? entry + 4 + random.integer(14)
        : moment < 0.87
          ? entry - 3 - random.integer(9)
          : takeOff - 5 - random.integer(14);
    const index = random.integer(2);
    const view = replayViewpoint(clip.competition, seed, springboard, index + (from < entry ? 2 : 0));
    const usable = view.kind !== 'underwater' || from >= entry;
    if (usable && from > 3 && from < clip.frameCount - 3) {
      const second = planOperator(view, motion, random);
      shots.push({
        from,
        view,
        operator: second,
        key: `${key} replay ${index + (from < entry ? 2 : 0)}`,
        obstacles: [],
      });
    }
  }
  return shots;
}
