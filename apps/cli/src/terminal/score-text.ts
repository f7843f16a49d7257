import { isDiveNumber } from '@mcore/clips';
import type { ScoredVideo } from '@mcore/judge';
import { textTable } from '@mcore/training';
import { outColors as pc } from './colors.js';

/** Characters of a shortened identifier: of its beginning and of its end, which tells exemplars apart. */
const ID_PARTS = { start: 6, end: 25 } as const;

/** Stages of a dive; those of other actions have no names here. */
const DIVE_STAGES = ['take-off', 'flight', 'entry'];

/**
 * Scores in words: one line for one video, a table with a row each for several.
 *
 * @param votes - Adds the vote of every exemplar.
 */
export function describeScores(videos: readonly ScoredVideo[], votes: boolean): string {
  const digits = digitsOf(videos);
  const [first] = videos;
  if (first === undefined) return 'no video scored';
  const summary = videos.length === 1 ? scoreLine(first, digits) : scoreTable(videos, digits);
  if (!votes) return summary;
  const tables = videos
    .filter(({ exemplars }) => exemplars.length > 0)
    .map((video) => `${videos.length === 1 ? '' : `${pc.bold(video.video)}\n`}${voteTable(video, digits)}`);
  return [summary, ...tables].join('\n\n');
}

function scoreLine(video: ScoredVideo, digits: number): string {
  const names = transitionNames(video);
  const moments = video.transitionSeconds.map(
    (second, index) =>
      `${names[index]} at ${second.toFixed(2)} s${video.uncertainTransitions[index] ? ' (uncertain)' : ''}`,
  );
  const interval = video.interval ? `${percent(video.level)} interval ${intervalText(video, digits)}` : 'no interval';
  const because = video.noInterval === 'not calibrated' ? ' (weights without calibration)' : '';
  return [
    `${video.video}: ${unlikeText(video)}score ${pc.bold(points(video.score, digits))}${cautionText(video)}, ${interval}${because}`,
    `${moments.join(', ')} of ${video.durationSeconds.toFixed(2)} s`,
    exemplarText(video),
  ].join('; ');
}

/** Said beside the score of film by weights that were trained on renderings. */
function cautionText({ judgesRealDives, rendered }: ScoredVideo): string {
  return judgesRealDives || rendered ? '' : ' (no judge of real dives: these weights know rendered ones only)';
}

/** Says first that a clip is unlike the training clips, and why; empty for others. */
function unlikeText({ inDistribution }: ScoredVideo): string {
  if (!inDistribution || inDistribution.value) return '';
  const { featureDistance, transitionFlatness, voteSpread } = inDistribution.parts;
  const reasons = [
    ...(featureDistance.within ? [] : ['its features are far from every exemplar']),
    ...(transitionFlatness.within ? [] : ['its stages are not clear']),
    ...(voteSpread.within ? [] : ['the exemplars disagree']),
  ];
  return `unlike the clips the weights know (${reasons.join(', ')}); `;
}

function scoreTable(videos: readonly ScoredVideo[], digits: number): string {
  const level = videos.find((video) => video.level !== null)?.level ?? null;
  const notes = [
    ...(videos.some((video) => cautionText(video) !== '')
      ? ['no judge of real dives: these weights know rendered ones only']
      : []),
    ...(videos.some(({ uncertainTransitions }) => uncertainTransitions.includes(true))
      ? ['? an uncertain transition']
      : []),
  ];
  const longest = videos.reduce((a, b) => (b.transitionSeconds.length > a.transitionSeconds.length ? b : a));
  const names = transitionNames(longest);
  const rows = textTable([
    ['video', 'score', level === null ? 'interval' : `${percent(level)} interval`, ...names, 'exemplars', 'known'],
    ...videos.map((video) => [
      video.video,
      points(video.score, digits),
      intervalText(video, digits),
      ...names.map(
        (_, index) => `${seconds(video.transitionSeconds[index])}${video.uncertainTransitions[index] ? '?' : ''}`,
      ),
      exemplarText(video),
      video.inDistribution === null ? '-' : video.inDistribution.value ? 'yes' : 'no',
    ]),
  ]);
  return [rows, ...notes].join('\n');
}

function voteTable(video: ScoredVideo, digits: number): string {
  const count = video.exemplars[0]!.stageDeltas.length;
  const stages =
    count === 1
      ? ['whole clip']
      : count === DIVE_STAGES.length && areDives(video)
        ? DIVE_STAGES
        : Array.from({ length: count }, (_, stage) => `stage ${stage + 1}`);
  const ids = shortened(video.exemplars.map(({ id }) => id));
  return textTable([
    ['exemplar', areDives(video) ? 'dive' : 'class', 'score', 'delta', ...stages],
    ...video.exemplars.map((vote, row) => [
      ids[row]!,
      vote.diveNumber,
      points(vote.score, digits),
      signed(vote.delta, digits),
      ...vote.stageDeltas.map((delta) => signed(delta, digits)),
    ]),
  ]);
}

/** What begins at each transition: words of diving where the video was compared with dives. */
function transitionNames(video: ScoredVideo): string[] {
  const count = video.transitionSeconds.length;
  if (count === 2 && areDives(video)) return ['take-off', 'entry'];
  return Array.from({ length: count }, (_, index) => `stage ${index + 2}`);
}

function areDives({ exemplars, diveNumber }: ScoredVideo): boolean {
  if (exemplars.length === 0) return diveNumber !== null && isDiveNumber(diveNumber);
  return exemplars.every((exemplar) => isDiveNumber(exemplar.diveNumber));
}

function exemplarText({ exemplars, match }: ScoredVideo): string {
  if (match === 'none needed') return 'no exemplars needed';
  return `${exemplars.length} exemplar${exemplars.length === 1 ? '' : 's'}, ${match}`;
}

function intervalText({ interval }: ScoredVideo, digits: number): string {
  return interval ? `${points(interval[0], digits)} to ${points(interval[1], digits)}` : '-';
}

function percent(level: number | null): string {
  return `${Math.round((level ?? 0) * 100)} %`;
}

function seconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(2)} s`;
}

/** Digits after the point that scores of this size need: 0.1 of 100 points, 0.001 of 1. */
function digitsOf(videos: readonly ScoredVideo[]): number {
  const scores = videos.flatMap(({ score, exemplars }) => [score, ...exemplars.map((vote) => vote.score)]);
  const largest = Math.max(0, ...scores.map(Math.abs));
  return largest >= 20 ? 1 : largest >= 2 ? 2 : 3;
}

function points(value: number, digits: number): string {
  return withoutNegativeZero(value.toFixed(digits));
}

function signed(value: number, digits: number): string {
  const text = points(value, digits);
  return text.startsWith('-') ? text : `+${text}`;
}

function withoutNegativeZero(text: string): string {
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** Long identifiers with their middle left out, unless two of them would then be the same. */
function shortened(ids: readonly string[]): string[] {
  const { start, end } = ID_PARTS;
  const short = ids.map((id) => (id.length <= start + end ? id : `${id.slice(0, start)}…${id.slice(-end)}`));
  return ids.map((id, index) =>
    short.indexOf(short[index]!) === short.lastIndexOf(short[index]!) ? short[index]! : id,
  );
}
