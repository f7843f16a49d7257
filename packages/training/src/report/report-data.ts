import { cpus } from 'node:os';
import type { Clip, Frames } from '@mcore/clips';
import { sampleIndices } from '@mcore/clips';
import { type ExemplarVote, type MCoReConfig, UNCERTAIN } from '@mcore/model';
import { type ClipDetail, type ClipPrediction, chooseClips, type ReportData } from '@mcore/report';
import sharp from 'sharp';
import type { PreparedClips } from '../clips/prepared-clips.js';
import type { EvaluationExtras } from '../evaluation/evaluation-json.js';
import type { Evaluation } from '../predictions/evaluate-predictions.js';
import type { PredictedClip } from '../predictions/predict-clips.js';
import { reportSummary } from './report-summary.js';

/** What a report is made of. */
interface ReportInput {
  title: string;
  description: string;
  config: MCoReConfig;
  seed: number;
  evaluation: Evaluation;
  predicted: readonly PredictedClip[];
  prepared: PreparedClips;
  /** Lines of the training log. */
  log: readonly Record<string, unknown>[];
  /** Half the width of the interval around every score, points; absent if not known. */
  halfWidth?: number;
  /** What is known over several draws or weights. */
  extras?: EvaluationExtras;
  /** Commands that give the same numbers again. */
  commands: string[];
  engine: string;
  notes: string[];
}

/** Pictures in a film strip. */
const STRIP_PICTURES = 12;

/** Gathers everything the report page shows, film strips included. */
export async function reportData(input: ReportInput): Promise<ReportData> {
  const { prepared, config, evaluation, log } = input;
  const clipsById = new Map(prepared.source.clips.map((clip) => [clip.id, clip]));
  const predictions = input.predicted.map((clip) => prediction(clip, clipsById.get(clip.id)!, config, input.halfWidth));
  const isLabelled = prepared.source.transitionsFrom !== 'equal parts';
  const scoredById = new Map(input.predicted.map((clip) => [clip.id, clip]));
  const details = await Promise.all(
    clipsToShow(predictions).map(async ({ id, reason }): Promise<ClipDetail> => {
      const strip = async (clip: Clip) =>
        filmStrip(await prepared.get(clip.id), sampleIndices(clip.frameCount, config.input.frames, clip.start));
      const { votes, score } = scoredById.get(id)!.scored;
      const typical = clipsById.get(typicalVote(votes, score)?.id ?? '');
      const { frameCount = 0 } = typical ?? {};
      const transitions = isLabelled ? (typical?.transitions ?? []) : [];
      return {
        id,
        reason,
        strip: await strip(clipsById.get(id)!),
        exemplars: votes,
        ...(typical
          ? { beside: { id: typical.id, frameCount, transitions: [...transitions], strip: await strip(typical) } }
          : {}),
      };
    }),
  );
  return {
    title: input.title,
    description: input.description,
    createdAt: new Date().toISOString(),
    source: { description: prepared.source.description, rendered: prepared.source.kind === 'rendered' },
    summary: reportSummary(evaluation, prepared.source.kind, input.extras),
    ...(log.length > 0 ? { history: history(log) } : {}),
    predictions,
    details,
    seed: input.seed,
    configuration: config as unknown as Record<string, unknown>,
    reproduce: {
      commands: input.commands,
      environment: {
        Node: process.versions.node,
        Engine: input.engine,
        Machine: `${process.platform} ${process.arch}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`,
      },
    },
    notes: input.notes,
  };
}

/** The vote nearest to the score that all of them made. */
function typicalVote(votes: readonly ExemplarVote[], score: number): ExemplarVote | undefined {
  const distance = (vote: ExemplarVote) => Math.abs(vote.score + vote.delta - score);
  return votes.toSorted((a, b) => distance(a) - distance(b))[0];
}

/** The clips with film strips, worst first: by score, by stages, then the best by score. */
function clipsToShow(predictions: readonly ClipPrediction[]): { id: string; reason: string }[] {
  const byScore = chooseClips(predictions, 3, 'score');
  const byStages = chooseClips(predictions, 2, 'stages');
  const reasons = new Map<string, string>();
  const add = (clips: readonly ClipPrediction[], reason: string) => {
    for (const { id } of clips) reasons.set(id, reasons.has(id) ? `${reasons.get(id)}, ${reason}` : reason);
  };
  add(byScore.worst, 'largest error of the score');
  add(byStages.worst, 'stages found worst');
  add(byScore.best, 'smallest error of the score');
  return [...reasons].map(([id, reason]) => ({ id, reason }));
}

function prediction(clip: PredictedClip, source: Clip, config: MCoReConfig, halfWidth?: number): ClipPrediction {
  const indices = sampleIndices(source.frameCount, config.input.frames, source.start);
  return {
    id: clip.id,
    diveNumber: clip.diveNumber,
    score: clip.trueScore,
    predicted: clip.predictedScore,
    ...(halfWidth === undefined
      ? {}
      : { interval: [clip.predictedScore - halfWidth, clip.predictedScore + halfWidth] as [number, number] }),
    frameCount: source.frameCount,
    transitions: clip.trueTransitions.length === 0 ? [] : [...source.transitions],
    predictedTransitions: clip.predictedTransitions.map((position) => indices[position]!),
    ...(clip.transitionConfidence && { uncertain: clip.transitionConfidence.map((value) => value < UNCERTAIN) }),
  };
}

async function filmStrip(frames: Frames, indices: readonly number[]): Promise<NonNullable<ClipDetail['strip']>> {
  const { data, count, height, width } = frames;
  const positions = Array.from({ length: STRIP_PICTURES }, (_, index) =>
    Math.round((index * (count - 1)) / (STRIP_PICTURES - 1)),
  );
  const size = height * width * 3;
  return Promise.all(
    positions.map(async (position) => {
      const pixels = data.subarray(position * size, (position + 1) * size);
      const jpeg = await sharp(pixels, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 82 })
        .toBuffer();
      return { frame: indices[position]!, image: `data:image/jpeg;base64,${jpeg.toString('base64')}` };
    }),
  );
}

function history(log: readonly Record<string, unknown>[]): NonNullable<ReportData['history']> {
  const of = (kind: string) => log.filter((record) => record.kind === kind);
  return {
    losses: of('step').map((record) => ({
      step: record.step as number,
      total: record.total as number,
      aqa: record.regression as number,
      ce: record.segmentation as number,
      contrastive: record.contrastive as number,
    })),
    validation: of('validation').map((record) => ({ step: record.step as number, srcc: record.srcc as number })),
  };
}
