import type { FineDivingLabel } from '@mcore/finediving-loader/labels';

/** FineDiving's recordings are played at this rate. */
export const RECORDING_FRAMES_PER_SECOND = 25;

/**
 * What is shown: a dive with what lies right before and after it, a replay, or what broadcasts show between dives: divers who wait or begin an
 * approach without a dive, a look around the pool, the crowd, score boards, faces.
 */
export type SceneKind = 'dive' | 'replay' | 'waiting' | 'approach' | 'pan' | 'crowd' | 'scores' | 'portrait';

/** Which camera shows a scene: those of the clip itself, or the competition's other cameras by number. */
export type SceneCamera = 'own' | number;

/** A part of a recording that is shown without a cut, but for the cuts of the clip itself. */
export interface Scene {
  readonly kind: SceneKind;
  /** First frame of the recording. */
  readonly from: number;
  /** The frame after the last one. */
  readonly to: number;
  /** Whose dive is shown, or who waits. */
  readonly clip: FineDivingLabel;
  /** Which moment of the clip is shown at `from`, in frames of the clip; may lie outside it. */
  readonly start: number;
  /** Frames of the clip that go by in one frame of the recording. */
  readonly rate: number;
  readonly camera: SceneCamera;
}

/** The moment of the clip that a frame of the recording shows, in frames of the clip. */
export function momentOf({ from, start, rate }: Scene, frame: number): number {
  return start + (frame - from) * rate;
}
