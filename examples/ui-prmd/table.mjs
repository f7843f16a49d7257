import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Prints the table of README.md from what `mcore eval --protocol losocv --json` wrote: node table.mjs FOLDER */
const folder = process.argv[2] ?? 'results';
const names = {
  m01: 'deep squat',
  m02: 'hurdle step',
  m03: 'inline lunge',
  m04: 'side lunge',
  m05: 'sit to stand',
  m06: 'standing active straight leg raise',
  m07: 'shoulder abduction',
  m08: 'shoulder extension',
  m09: 'shoulder rotation',
  m10: 'shoulder scaption',
};
const rows = readdirSync(folder)
  .filter((file) => /m\d\d\.json$/.test(file))
  .sort()
  .map((file) => {
    const { verdicts } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return { exercise: /** @type {keyof typeof names} */ (/m\d\d/.exec(file)?.[0]), ...verdicts };
  });
const fixed = (/** @type {number} */ value) => value.toFixed(3);
const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
console.log('| exercise | AUC, mean over people | 95 % interval over people | AUC, all repetitions | accuracy |');
console.log('| --- | --- | --- | --- | --- |');
for (const { exercise, auc, aucFolds, accuracy } of rows) {
  const [low, high] = aucFolds.interval;
  console.log(
    `| ${exercise} ${names[exercise]} | ${fixed(aucFolds.mean)} | [${fixed(low)}, ${fixed(high)}] | ${fixed(auc)} | ${fixed(accuracy)} |`,
  );
}
console.log(
  `| mean of ${rows.length} | ${fixed(mean(rows.map(({ aucFolds }) => aucFolds.mean)))} | | ${fixed(mean(rows.map(({ auc }) => auc)))} | ${fixed(mean(rows.map(({ accuracy }) => accuracy)))} |`,
);
