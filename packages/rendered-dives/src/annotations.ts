import type { RenderableClip } from './visible-events.js';

/** One clip in the JSON files of the E2E-Spot project. */
export interface Annotation {
  readonly video: string;
  readonly num_frames: number;
  readonly num_events: number;
  readonly events: readonly { readonly frame: number; readonly label: string; readonly comment: string }[];
  readonly fps: -1;
  readonly width: number;
  readonly height: number;
  readonly _source_info: { readonly action_type: string; readonly dive_score: number; readonly difficulty: number };
}

/** `train.json`, `val.json` and `test.json`; clips that don't say which part of training they are in go to `train.json`. */
export function annotationFiles(
  clips: readonly (RenderableClip & { readonly portion?: string })[],
  width: number,
  height: number,
): Record<'train.json' | 'val.json' | 'test.json', Annotation[]> {
  const of = (portion: string) =>
    clips.filter((clip) => (clip.portion ?? clip.split) === portion).map((clip) => annotation(clip, width, height));
  return { 'train.json': of('train'), 'val.json': of('val'), 'test.json': of('test') };
}

function annotation(clip: RenderableClip, width: number, height: number): Annotation {
  const events = eventsOf(clip);
  return {
    video: clip.id,
    num_frames: clip.frameCount,
    num_events: events.length,
    events,
    fps: -1,
    width,
    height,
    _source_info: { action_type: clip.diveNumber, dive_score: clip.score, difficulty: clip.difficulty },
  };
}

/** Changes of sub-action as that project writes them: at the last frame before the change. */
function eventsOf({ subActions, transitions }: RenderableClip): Annotation['events'] {
  const stages = transitions.map((frame, index) => ({ frame, name: index === 0 ? 'Flight' : 'Entry' }));
  const runs = subActions ?? [{ frame: 0, name: 'Take-off' }, ...stages];
  return runs.slice(1).map(({ frame, name }, index) => ({
    comment: `${runs[index]!.name} -> ${name}`,
    frame: Math.max(0, frame - 1),
    label: classOf(name),
  }));
}

/** The class of a sub-action: `'2.5 Soms.Pike'` is one of `'Som(s).Pike'`, `'1 Twist'` of `'Twist(s)'`. */
function classOf(name: string): string {
  return name.replace(/^[\d.]+ (Som|Twist)s?/, '$1(s)');
}
