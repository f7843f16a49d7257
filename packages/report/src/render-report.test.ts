import { DataError } from '@mcore/errors';
import { madeUpReport } from '@mcore/testing/made-up-report';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { formatNumber } from './format.js';
import { renderReport } from './index.js';
import type { ReportData } from './report-data.js';

const data = madeUpReport(120);
const page = renderReport(data);
const { document } = parseHTML(page);

const texts = (selector: string, root: ParentNode = document as never): string[] =>
  [...root.querySelectorAll(selector)].map(({ textContent }) => textContent!.replace(/\s+/g, ' ').trim());

/** As the page writes differences: with a sign, the minus a real one. */
const signed = (value: number) => `${value < 0 ? '\u2212' : '+'}${Math.abs(value).toFixed(2)}`;

/** The element's numbers of these attributes. */
const numbers = (element: Element, ...names: string[]) => names.map((name) => Number(element.getAttribute(name)));

describe('renderReport: the page', () => {
  it('loads nothing and runs nothing', () => {
    expect(document.querySelectorAll('script, link, iframe, object, [onclick], [src^="http"]')).toHaveLength(0);
    const withoutImages = page.replace(/data:image\/jpeg;base64,[^"]*/g, '');
    expect(withoutImages.match(/[a-z]*:?\/\/[^\s"'<)]*/g) ?? []).toEqual([]);
    const policy = document.querySelector('meta[http-equiv=Content-Security-Policy]')!.getAttribute('content');
    expect(policy).toBe("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    expect(/@import|url\(/.test(withoutImages)).toBe(false);
  });

  it('gives equal text for equal data', () => {
    expect(renderReport(madeUpReport(120)) === page).toBe(true);
  });

  it('says at the top that the dives are rendered, and only then', () => {
    const [statement] = texts('header .source');
    expect(statement).toContain('Rendered dives. The clips were rendered from the labels of real dives');
    expect(statement).toContain('rendered dives, 32 frames of 64 x 64');
    const real = renderReport({ ...data, source: { description: 'FineDiving', rendered: false } });
    expect(texts('header .source', parseHTML(real).document as never)).toEqual(['Clips: FineDiving.']);
  });

  it('has a heading, an anchor and a link for every section', () => {
    const links = [...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href')!);
    expect(links).toEqual([
      '#summary',
      '#training',
      '#scores',
      '#stages',
      '#clips',
      '#notes',
      '#reproduce',
      '#configuration',
    ]);
    for (const link of links) expect(document.querySelector(link)?.querySelector('h2')).not.toBeNull();
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('can be read without seeing it', () => {
    const drawings = [...document.querySelectorAll('svg')];
    expect(drawings).toHaveLength(14); // five figures in two widths, four losses
    for (const drawing of drawings) {
      expect(drawing.getAttribute('role')).toBe('img');
      expect(drawing.getAttribute('aria-label')).toMatch(/\.$/);
    }
    for (const picture of document.querySelectorAll('img')) {
      expect(picture.getAttribute('alt')).toMatch(
        /^(Frame \d+: true stage [\w-]+, predicted|Exemplar, frame \d+: true stage) [\w-]+\.$/,
      );
    }
    for (const figure of document.querySelectorAll('figure')) expect(figure.querySelector('figcaption')).not.toBeNull();
    for (const table of document.querySelectorAll('table')) {
      expect(document.getElementById(table.getAttribute('aria-labelledby')!)?.textContent).not.toBe('');
      expect(table.querySelectorAll('thead th[scope=col]').length).toBeGreaterThan(1);
    }
  });
});

describe('renderReport: what the sections say', () => {
  it('results: the model, the baselines beside it, the published ones apart', () => {
    const rows = [...document.querySelectorAll('#summary tbody tr')].map((row) => texts('th, td', row as never));
    const srcc = data.summary.rows[0]!.values.srcc!;
    const interval = `${formatNumber(srcc.interval![0], 3)} to ${formatNumber(srcc.interval![1], 3)}`;
    expect(rows[1]![1]).toBe(`${formatNumber(srcc.value, 3)} ± 0.006${interval}`);
    expect(rows[1]!.slice(3)).toEqual(['98.3 %96.7 to 99.7', '90.7 %87.3 to 93.7']);
    expect(rows.map(([first]) => first)).toEqual([
      'This run',
      'MCoRepaper preset, 10 exemplars, ordered decoding',
      'From the labels alone, without looking at a frame',
      'Mean training score of the dive number',
      'Median transitions of the dive number',
      'Published by others, on other clips: not comparable line by line',
      'MCoRe (paper)FineDiving, 749 test clips',
    ]);
    expect(rows[4]).toEqual(['Median transitions of the dive number', '–', '–', '83.2 %', '43.4 %']);
    expect(texts('.figures > div')[0]).toContain('labels only: 0.536');
  });

  it('scores: a dot for every clip, where the axes say it is', () => {
    const circles = [...document.querySelectorAll('#scores figure:first-of-type .wide circle')];
    expect(circles).toHaveLength(120);
    const scores = data.predictions.map(({ score }) => score);
    const order = circles.map((circle) => numbers(circle, 'cx', 'cy') as [number, number]);
    const [a, b] = [scores.indexOf(Math.min(...scores)), scores.indexOf(Math.max(...scores))];
    const perPoint = (order[b]![0] - order[a]![0]) / (scores[b]! - scores[a]!);
    for (const [i, [x]] of order.entries()) {
      expect(x).toBeCloseTo(order[a]![0] + perPoint * (scores[i]! - scores[a]!), 6);
    }
    expect(circles[3]!.querySelector('title')!.textContent).toContain(data.predictions[3]!.id);
  });

  it('scores: the share of intervals that hold the true score', () => {
    const inside = data.predictions.filter(({ score, interval }) => interval![0] <= score && score <= interval![1]);
    const share = formatNumber((100 * inside.length) / 120, 0);
    expect(texts('#scores figcaption')[0]).toContain(`${share} % of them contain the true score.`);
  });

  it('stages: bars as long as the stages', () => {
    const clip = { ...data.predictions[0]!, frameCount: 100, transitions: [20, 60], predictedTransitions: [20, 60] };
    const one = parseHTML(renderReport({ ...data, predictions: [clip], details: [] })).document;
    const bars = [...one.querySelectorAll('#stages .wide rect')].map((bar) => numbers(bar, 'x', 'width'));
    expect(bars).toHaveLength(6);
    const scale = (bars[1]![0]! - bars[0]![0]!) / 20;
    expect(bars.map(([, width]) => Math.round((width! + 1) / scale))).toEqual([20, 40, 40, 20, 40, 40]); // 1 px is a gap
    expect(texts('#stages p', one as never)[0]).toContain('in 100 % of the clips, by three quarters or more in 100 %');
  });

  it('clips: every picture marked with its true and predicted stage', () => {
    const clip = { ...data.predictions[0]!, frameCount: 90, transitions: [30, 60], predictedTransitions: [20, 60] };
    const image = data.details![0]!.strip![0]!.image;
    const strip = [0, 20, 29, 30, 60].map((frame) => ({ frame, image }));
    const one = parseHTML(
      renderReport({ ...data, predictions: [clip], details: [{ id: clip.id, reason: 'test', strip }] }),
    ).document;
    const marks = [...one.querySelectorAll('.strip li')].map((item) =>
      [...item.querySelectorAll('.mark')].map((mark) => mark.className.at(-1)).join(''),
    );
    expect(marks).toEqual(['00', '01', '01', '11', '22']);
    expect(texts('.strip .frame', one as never)).toEqual(['0', '20 ≠', '29 ≠', '30', '60']);
  });

  it('clips: an exemplar beside the clip, with its true stages and the parts of the difference', () => {
    const [first] = data.details!;
    const { beside, exemplars } = first!;
    const vote = exemplars!.find(({ id }) => id === beside!.id)!;
    const figure = [...document.querySelectorAll('#clips figure')][1]!;
    const stages = [...figure.querySelectorAll('.mark')].map((mark) => mark.className.at(-1)).join('');
    expect(stages).toBe('000111112222');
    const parts = vote.stageDeltas!.map((delta, stage) => `${['Take-off', 'Flight', 'Entry'][stage]} ${signed(delta)}`);
    expect(texts('.parts li', figure as never)).toEqual(parts);
    const [caption] = texts('figcaption', figure as never);
    expect(caption).toContain(`the exemplar ${beside!.id}, which the judges gave ${vote.score.toFixed(2)}.`);
    expect(() => renderReport({ ...data, details: [{ ...first!, beside: { ...beside!, id: 'none' } }] })).toThrow(
      new DataError(`renderReport: what is shown beside clip "${first!.id}" must be one of its exemplars, got "none".`),
    );
  });

  it('clips: the votes of the exemplars and their stages', () => {
    const exemplars = [
      { id: 'a', score: 70, delta: -2.5, stageDeltas: [1, -4, 0.5] },
      { id: 'b', score: 60, delta: 4 },
    ];
    const { id } = data.predictions[0]!;
    const one = parseHTML(renderReport({ ...data, details: [{ id, reason: 'test', exemplars }] })).document;
    expect([...one.querySelectorAll('#clips tbody tr')].map((row) => texts('th, td', row as never))).toEqual([
      ['a', '70.00', '−2.50', '67.50', '+1.00', '−4.00', '+0.50'],
      ['b', '60.00', '+4.00', '64.00', '–', '–', '–'],
    ]);
    expect(texts('#clips .caption', one as never)[0]).toContain('Mean vote 65.75');
    expect([...one.querySelectorAll('.bar')].map((bar) => bar.getAttribute('style'))).toEqual([
      '--share:7.0%',
      '--share:28.0%',
      '--share:3.5%',
    ]);
  });

  it('configuration: nested settings by their path', () => {
    expect(texts('#configuration tbody tr')).toContain('optimizer.rate0.001');
    expect(texts('#configuration tbody tr')[0]).toBe('seed42');
    expect(texts('#reproduce code')[0]).toContain('npx mcore quickstart --seed 42');
  });

  it('leaves out what it has no data for', () => {
    const { history: _, details: __, notes: ___, ...rest } = data;
    const small = parseHTML(renderReport({ ...rest, predictions: [] })).document;
    expect([...small.querySelectorAll('section')].map(({ id }) => id)).toEqual([
      'summary',
      'reproduce',
      'configuration',
    ]);
  });
});

describe('renderReport: clips without labelled transitions, and of two stages', () => {
  const [first, ...others] = data.predictions;
  const [detail] = data.details!;
  const pageOf = (change: Partial<ReportData>) => parseHTML(renderReport({ ...data, ...change })).document;

  it('marks predicted transitions that the segmenter is not sure of', () => {
    const predictions = data.predictions.map((clip) => ({
      ...clip,
      uncertain: clip.predictedTransitions.map((_, at) => at === 0),
    }));
    const facts = texts('#clips article:first-of-type dd', pageOf({ predictions }) as never);
    expect(facts.filter((fact) => fact.includes('(uncertain)'))).toEqual([
      expect.stringMatching(/^\d+ \(uncertain\), \d+$/),
    ]);
  });

  it('says nothing of true stages and of IoU where nobody labelled transitions', () => {
    const summary = {
      ...data.summary,
      rows: data.summary.rows.map((row) => ({
        ...row,
        values: { ...row.values, aiou50: { value: Number.NaN }, aiou75: { value: Number.NaN } },
      })),
    };
    const unlabelled = pageOf({
      summary,
      predictions: data.predictions.map((clip) => ({ ...clip, transitions: [] })),
      details: data.details!.map((clip) => ({
        ...clip,
        ...(clip.beside ? { beside: { ...clip.beside, transitions: [] } } : {}),
      })),
    });
    expect(unlabelled.querySelector('#stages')).toBeNull();
    const facts = texts('#clips article:first-of-type dt', unlabelled as never);
    expect(facts).toEqual(['true score', 'predicted', 'difference', 'predicted transitions']);
    expect(texts('#clips > p', unlabelled as never)[0]).toBe(
      'Under every picture a bar in the colour of the predicted stage.',
    );
    const marks = unlabelled.querySelectorAll('#clips article:first-of-type figure:first-of-type .mark');
    expect(marks).toHaveLength(detail!.strip!.length);
    const alts = [...unlabelled.querySelectorAll('#clips img')].map((image) => image.getAttribute('alt'));
    expect(alts.filter((alt) => alt!.includes('true stage'))).toEqual([]);
    expect(texts('.figures dt', unlabelled as never)).toEqual(['SRCC', 'R-l2 × 100']);
    expect(texts('#summary tbody.model td', unlabelled as never).slice(2)).toEqual(['–', '–']);
    expect(texts('#clips', unlabelled as never)[0]).not.toMatch(/IoU|NaN|≠/);
  });

  it('measures two stages by the mean IoU of the two', () => {
    const two = { ...first!, frameCount: 100, transitions: [40], predictedTransitions: [50] };
    const twoStages = pageOf({ predictions: [two], details: [{ id: two.id, reason: 'test' }] });
    expect(texts('#stages figcaption', twoStages as never)[0]).toContain('by the mean IoU of their two stages.');
    expect(texts('#stages p', twoStages as never)).toEqual([]);
    expect(texts('#clips dd', twoStages as never).at(-1)).toBe('0.82');
    expect(texts('#stages .legend li', twoStages as never)).toEqual(['Stage 1', 'Stage 2']);
  });

  it('compares stages of the labelled clips alone', () => {
    const mixed = pageOf({ predictions: [{ ...first!, transitions: [] }, ...others], details: [] });
    expect(texts('#stages', mixed as never)[0]).not.toContain(first!.id);
    expect(mixed.querySelectorAll('#stages figure')).toHaveLength(2);
  });
});

describe('renderReport: hostile and wrong data', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&`;

  it('escapes every text', () => {
    const clip = { ...data.predictions[0]!, id: evil, diveNumber: evil };
    const everything: ReportData = {
      ...data,
      title: evil,
      description: evil,
      source: { description: evil, rendered: true },
      summary: {
        clips: 1,
        metrics: [{ key: evil, label: evil, explanation: evil, better: 'higher', unit: evil }],
        rows: [{ name: evil, role: 'model', note: evil, values: { [evil]: { value: 1, interval: [0, 2] } } }],
      },
      predictions: [clip],
      details: [
        {
          ...data.details![0]!,
          id: evil,
          reason: evil,
          exemplars: [{ id: evil, score: 1, delta: 1 }],
          beside: { ...data.details![0]!.beside!, id: evil },
        },
      ],
      configuration: { [evil]: { [evil]: evil, list: [evil] } },
      reproduce: { commands: [evil], environment: { [evil]: evil } },
      notes: [evil],
      stageNames: [evil, evil, evil],
    };
    const text = renderReport(everything);
    const { document } = parseHTML(text);
    expect(text.includes('<script')).toBe(false);
    expect(text.includes('<img src=x')).toBe(false);
    expect(document.querySelectorAll('script, [onerror]')).toHaveLength(0);
    const { strip, beside } = data.details![0]!;
    expect(document.querySelectorAll('img')).toHaveLength(strip!.length + beside!.strip.length);
    expect(document.querySelector('h1')!.textContent).toBe(evil);
    expect(document.querySelector('#notes li')!.textContent).toBe(evil);
    expect(document.querySelector('.strip img')!.getAttribute('alt')).toContain(evil);
  });

  const [first, second] = data.predictions as [ReportData['predictions'][number], ReportData['predictions'][number]];
  it.each<[string, Partial<ReportData>, string]>([
    ['a time', { createdAt: 'yesterday' }, 'createdAt must be an ISO 8601 time, got "yesterday".'],
    ['a clip twice', { predictions: [first, first] }, 'predictions must have every clip once, got "one twice".'],
    [
      'a score',
      { predictions: [{ ...first, predicted: Number.NaN }], details: [] },
      `scores of clip "${first.id}" must be finite, got "${first.score} and NaN".`,
    ],
    [
      'transitions',
      { predictions: [{ ...first, predictedTransitions: [3] }], details: [] },
      `clip "${first.id}" must have as many predicted as true transitions, at least one, got "1 and 2".`,
    ],
    [
      'a detail',
      { predictions: [second], details: [{ id: 'nobody', reason: '' }] },
      'details must be of clips in predictions, got "nobody".',
    ],
    [
      'an image from the network',
      { details: [{ id: first.id, reason: '', strip: [{ frame: 0, image: 'https://example.org/a.jpg' }] }] },
      `images of clip "${first.id}" must be data URIs of jpeg, png or webp, got "https://example.org/a.jpg".`,
    ],
    [
      'a metric',
      { summary: { ...data.summary, rows: [{ name: 'x', role: 'model', values: { f1: { value: 1 } } }] } },
      'the values of row "x" must have metrics of the table, got "f1".',
    ],
  ])('refuses %s', (_, change, message) => {
    expect(() => renderReport({ ...data, ...change })).toThrow(new DataError(`renderReport: ${message}`));
  });
});
