import { DataError } from '@mcore/errors';
import type { ReportData } from './report-data.js';

const IMAGE = /^data:image\/(jpeg|png|webp);base64,[A-Za-z0-9+/]*={0,2}$/;

/** Rejects data that would make a broken or misleading page. */
export function checkReportData(data: ReportData): void {
  if (Number.isNaN(Date.parse(data.createdAt))) throw wrong('createdAt must be an ISO 8601 time', data.createdAt);
  const keys = new Set(data.summary.metrics.map(({ key }) => key));
  for (const row of data.summary.rows) {
    const unknown = Object.keys(row.values).find((key) => !keys.has(key));
    if (unknown !== undefined)
      throw wrong(`the values of row ${show(row.name)} must have metrics of the table`, unknown);
  }
  const clips = new Map(data.predictions.map((clip) => [clip.id, clip]));
  if (clips.size !== data.predictions.length) throw wrong('predictions must have every clip once', 'one twice');
  for (const clip of data.predictions) {
    const { id, score, predicted, transitions, predictedTransitions } = clip;
    if (!Number.isFinite(score) || !Number.isFinite(predicted)) {
      throw wrong(`scores of clip ${show(id)} must be finite`, `${score} and ${predicted}`);
    }
    const isUnlabelled = transitions.length === 0;
    if ((transitions.length !== predictedTransitions.length && !isUnlabelled) || predictedTransitions.length === 0) {
      throw wrong(
        `clip ${show(id)} must have as many predicted as true transitions, at least one`,
        `${predictedTransitions.length} and ${transitions.length}`,
      );
    }
  }
  for (const { id, strip = [], beside, exemplars = [] } of data.details ?? []) {
    if (!clips.has(id)) throw wrong('details must be of clips in predictions', id);
    if (beside && !exemplars.some((exemplar) => exemplar.id === beside.id)) {
      throw wrong(`what is shown beside clip ${show(id)} must be one of its exemplars`, beside.id);
    }
    const other = [...strip, ...(beside?.strip ?? [])].find(({ image }) => !IMAGE.test(image));
    if (other)
      throw wrong(`images of clip ${show(id)} must be data URIs of jpeg, png or webp`, other.image.slice(0, 40));
  }
}

function show(text: string): string {
  return JSON.stringify(text);
}

function wrong(expected: string, got: string): DataError {
  return new DataError(`renderReport: ${expected}, got ${show(got)}.`);
}
