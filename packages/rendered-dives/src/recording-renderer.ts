import { ArgumentError } from '@mcore/errors';
import { Random } from '@mcore/random';
import { drawGraphics, type Graphics, planGraphics } from './broadcast-graphics.js';
import { type Framing, planOperator, replayViewpoint } from './camera.js';
import { type ClipPlan, planClip, type Shot } from './clip-plan.js';
import { DiveRenderer, type RenderOptions } from './dive-renderer.js';
import { CrowdShot, drawPortrait, drawScores } from './filler-scenes.js';
import type { RecordingPlan } from './plan-recording.js';
import { momentOf, type Scene } from './recording-scene.js';
import { remember } from './remember.js';
import type { Surface } from './surface.js';
import { planVenue, type Venue } from './venue.js';

/** How many plans of clips and cameras are kept. */
const KEPT = 6;

/** Draws frames of a recording in any order, one at a time, onto a surface of its own. */
export class RecordingRenderer {
  readonly plan: RecordingPlan;
  readonly width: number;
  readonly height: number;
  readonly #dives: DiveRenderer;
  readonly #picture: Surface;
  readonly #venue: Venue;
  readonly #graphics: Graphics;
  readonly #crowd: CrowdShot;
  readonly #plans = new Map<string, ClipPlan>();
  readonly #shots = new Map<string, Shot>();

  /** @throws `ArgumentError` if the height is not a whole number of at least 16. */
  constructor(plan: RecordingPlan, options: Omit<RenderOptions, 'seed'>) {
    const { seed } = plan;
    this.plan = plan;
    this.#dives = new DiveRenderer({ ...options, seed });
    this.width = this.#dives.width;
    this.height = this.#dives.height;
    this.#picture = options.canvas(this.width, this.height);
    this.#venue = planVenue(plan.competition, seed);
    this.#graphics = planGraphics(plan.competition, seed, this.#venue);
    this.#crowd = new CrowdShot(options.canvas, this.#venue, this.height, `${seed} ${plan.competition}`);
  }

  /**
   * Draws one frame.
   *
   * @param frame - 0 .. plan.frameCount - 1.
   * @returns The renderer's own surface, which the next call draws over.
   * @throws `ArgumentError` if there is no such frame.
   */
  draw(frame: number): Surface {
    const { scenes, frameCount, competition } = this.plan;
    const index = scenes.findLastIndex(({ from }) => from <= frame);
    if (!Number.isInteger(frame) || frame < 0 || frame >= frameCount) {
      throw new ArgumentError(
        `RecordingRenderer.draw: expected a frame of ${competition} from 0 to ${frameCount - 1}, got ${frame}.`,
      );
    }
    const scene = scenes[index]!;
    const picture = this.#drawScene(scene, frame);
    drawGraphics(picture, this.#graphics, { scene, before: scenes[index - 1], after: scenes[index + 1] }, frame);
    return picture;
  }

  #drawScene(scene: Scene, frame: number): Surface {
    const { kind, clip, from } = scene;
    if (kind === 'crowd') {
      this.#crowd.draw(this.#picture, Random.for(this.plan.seed, 'crowd shot', from), frame - from);
      return this.#picture;
    }
    if (kind === 'scores') {
      drawScores(this.#picture, this.#venue, Random.for(this.plan.seed, 'scores', from), frame - from);
      return this.#picture;
    }
    const plan = this.#planOf(scene);
    if (kind === 'portrait') {
      drawPortrait(this.#picture, this.#venue, plan.look, Random.for(this.plan.seed, 'portrait', from), frame - from);
      return this.#picture;
    }
    const moment = momentOf(scene, frame);
    // half of the slow motion is filmed by fast cameras, the other half repeats frames
    const isSmooth = scene.rate === 1 || Random.for(this.plan.seed, 'smooth', from).chance(0.5);
    return this.#dives.drawMoment(
      plan,
      this.#shotOf(scene, plan, moment, clip.id),
      isSmooth ? moment : Math.floor(moment),
    );
  }

  #planOf({ clip }: Scene): ClipPlan {
    return remember(this.#plans, clip.id, KEPT, () => planClip(clip, this.plan.seed));
  }

  #shotOf(scene: Scene, plan: ClipPlan, moment: number, id: string): Shot {
    const { camera, kind, from } = scene;
    const own = plan.shots.findLast((shot) => shot.from <= moment) ?? plan.shots[0]!;
    const shot =
      camera === 'own' ? own : remember(this.#shots, `${id} ${camera}`, KEPT, () => this.#otherShot(plan, camera));
    return kind === 'pan' ? panned(shot, Random.for(this.plan.seed, 'pan', from), scene) : shot;
  }

  #otherShot({ clip, springboard, divers }: ClipPlan, camera: number): Shot {
    const { seed } = this.plan;
    const view = replayViewpoint(clip.competition, seed, springboard, camera);
    const operator = planOperator(view, divers[0]!.motion, Random.for(seed, 'replay operator', clip.id, camera));
    return {
      from: 0,
      view,
      operator,
      key: `${clip.competition} ${springboard ? 3 : 10} replay ${camera}`,
      obstacles: [],
    };
  }
}

/** The same camera, looking around: it moves and zooms evenly from one framing to another. */
function panned(shot: Shot, random: Random, { from, to, start }: Scene): Shot {
  const still = shot.operator.framing(start);
  const aim = (): Framing => ({
    u: still.u + random.uniform(-4, 4),
    v: still.v + random.uniform(-6, 1),
    height: shot.view.viewHeight * random.uniform(0.8, 1.5),
  });
  const [a, b] = [aim(), aim()];
  const framing = (moment: number): Framing => {
    const share = Math.min(1, (moment - start) / (to - from));
    const mix = (first: number, last: number) => first + (last - first) * share;
    return { u: mix(a.u, b.u), v: mix(a.v, b.v), height: mix(a.height, b.height) };
  };
  return { ...shot, operator: { framing } };
}
