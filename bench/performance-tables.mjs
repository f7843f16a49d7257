/** Markdown tables of what `mcore bench --json` measured. */

const WORKS = {
  score: 'Score a query, milliseconds a query',
  train: 'Training step, milliseconds a pair',
  forward: 'Backbone forward, one clip, milliseconds',
  gradient: 'Backbone forward and backward, milliseconds a clip',
  gru: 'Bi-GRU forward and backward, milliseconds',
};

const number = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));

/** A table of one work: every program with median, quartiles, largest memory and versions. */
export function workTable({ work, sizes, machine, date, rounds, results }) {
  const { frames, height, width, exemplars } = sizes;
  const against = work === 'score' ? `, ${exemplars} exemplars` : '';
  const rows = results
    .filter((row) => row.milliseconds)
    .map(
      ({ name, median, low, high, peakMegabytes, description }) =>
        `| ${name} | ${number(median)} | ${number(low)} .. ${number(high)} | ${(peakMegabytes / 1000).toFixed(2)} | ${description} |`,
    );
  return [
    `**${WORKS[work]}**, ${frames} frames of ${height}x${width}${against}; ${rounds} rounds, ${date.slice(0, 10)}, ${machine}`,
    '',
    '| | median | quartiles | peak GB | |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** Ratios asked for and got. */
export function targetTable(measured, cores) {
  const median = (piece, work, name) =>
    (measured[piece] ?? []).find((one) => one.work === work)?.results.find((row) => row.name === name)?.median;
  const best = (piece, work, ...names) =>
    names
      .map((name) => ({ name, time: median(piece, work, name) }))
      .filter(({ time }) => time !== undefined)
      .sort((a, b) => a.time - b.time)[0];
  const [wasm, native] = [`wasm:${cores}`, `native:${cores}`];
  const rows = [
    [
      'score a query, native',
      'the released procedure in PyTorch',
      'at least 30',
      'score',
      'score',
      ['tensorflow', 'native', native, 'onnx'],
      'pytorch original',
    ],
    ['score a query, wasm', 'the same', 'at least 12', 'score', 'score', ['wasm', wasm], 'pytorch original'],
    [
      'training step a pair, native',
      'PyTorch eager',
      'at least 2',
      'train',
      'train',
      ['tensorflow', 'native', native],
      'pytorch eager',
    ],
    ['training step a pair, wasm', 'PyTorch eager', 'at least 0.5', 'train', 'train', ['wasm', wasm], 'pytorch eager'],
    [
      'backbone forward, native',
      'ONNX Runtime',
      'at least 1, with onnx',
      'parts',
      'forward',
      ['tensorflow', 'native', 'onnx'],
      'onnxruntime python',
    ],
    [
      'backbone forward and backward, native',
      'torch.compile',
      'at least 1',
      'compiled',
      'gradient',
      ['tensorflow', 'native', native],
      'pytorch compiled',
    ],
    [
      'Bi-GRU forward and backward',
      'PyTorch eager',
      'at least 0.33',
      'parts',
      'gru',
      ['tensorflow', 'native', 'wasm'],
      'pytorch eager',
    ],
  ].flatMap(([what, other, expected, piece, work, names, reference]) => {
    const [found, time] = [best(piece, work, ...names), median(piece, work, reference)];
    if (!found || time === undefined) return [];
    const ratio = time / found.time;
    const enough = ratio >= Number(/[\d.]+/.exec(expected)[0]);
    return [
      `| ${what} | ${other} | ${expected} | **${ratio.toFixed(2)}** (${found.name}) | ${enough ? 'yes' : 'no'} |`,
    ];
  });
  return [
    '| work | against | times as fast, expected | got | reached |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** How scoring grows: one row for every size. */
export function growthTable(outcomes) {
  const names = [...new Set(outcomes.flatMap(({ results }) => results.map(({ name }) => name)))];
  const rows = outcomes.map(({ sizes, results }) => {
    const cells = names.map((name) => {
      const found = results.find((row) => row.name === name);
      return found?.milliseconds ? `${number(found.median)} (${(found.peakMegabytes / 1000).toFixed(2)})` : '-';
    });
    const { frames, height, width, clips, exemplars } = sizes;
    return `| ${frames} | ${height}x${width} | ${clips} | ${exemplars} | ${cells.join(' | ')} |`;
  });
  return [
    `| frames | pixels | clips | exemplars | ${names.join(' | ')} |`,
    `| --- | --- | --- | --- | ${names.map(() => '---').join(' | ')} |`,
    ...rows,
  ].join('\n');
}

/** Where processor time goes, a column an engine. */
export function profileTable(profiles) {
  const groups = [...new Set(profiles.flatMap(({ parts }) => Object.keys(parts)))];
  const largest = (group) => Math.max(...profiles.map(({ parts }) => parts[group] ?? 0));
  const row = (name, of) => `| ${name} | ${profiles.map((one) => Math.round(of(one) ?? 0)).join(' | ')} |`;
  const known = ({ parts }) => Object.values(parts).reduce((sum, part) => sum + part, 0);
  return [
    `| milliseconds of processor time | ${profiles.map(({ engine }) => engine).join(' | ')} |`,
    `| --- | ${profiles.map(() => '---').join(' | ')} |`,
    ...groups.sort((a, b) => largest(b) - largest(a)).map((group) => row(group, ({ parts }) => parts[group])),
    row('JavaScript between kernels, other threads', (one) => one.total - known(one)),
    row('**all**', ({ total }) => total),
  ].join('\n');
}
