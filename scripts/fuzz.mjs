import { fork } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeInput, readers, tryInput } from './fuzz/readers.mjs';

/**
 * Feeds readers with damaged input, in a process of their own that is watched: an input may neither end it, nor keep it longer than
 * the reader's bound, nor make it allocate more, nor change a prototype, nor throw anything but an error of ours. (`npm run build`
 * first: readers are taken as users get them.)
 *
 *     node scripts/fuzz.mjs --reader pickle --inputs 100000 --seed 0
 *     node scripts/fuzz.mjs --reader all --inputs 20000 --write docs/reliability.md
 *     node scripts/fuzz.mjs --reader pickle --seed 0 --only 1234 --save input.bin      one input again
 *
 * The same seed gives the same inputs. With `--write` the rows of these readers are replaced in the table of that file.
 */
const { values } = parseArgs({
  options: {
    reader: { type: 'string', default: 'all' },
    inputs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '0' },
    only: { type: 'string' },
    save: { type: 'string' },
    write: { type: 'string' },
    child: { type: 'string' },
  },
});

if (values.child !== undefined) await feed(JSON.parse(values.child));
else if (values.only !== undefined) await again(Number(values.only));
else await campaign();

/**
 * @typedef {{ reader: string, seed: string, from: number, to: number, careful: boolean }} Part
 * @typedef {{ index: number, problem: string }} Find
 * @typedef {{ inputs: number, accepted: number, slowest: number, largest: number, seconds: number, finds: Find[] }} Outcome
 */

async function campaign() {
  const chosen = values.reader === 'all' ? readers : [readerOf(values.reader)];
  let failed = false;
  for (const reader of chosen) {
    const outcome = await run(reader, Number(values.inputs), values.seed);
    process.stdout.write(
      `${reader.name}: ${outcome.inputs} inputs in ${outcome.seconds.toFixed(0)} s, ${outcome.accepted} of them read, ` +
        `slowest ${outcome.slowest.toFixed(0)} ms, largest ${outcome.largest.toFixed(1)} MB, ${outcome.finds.length} finds\n`,
    );
    for (const { index, problem } of outcome.finds) process.stdout.write(`  --only ${index}: ${problem}\n`);
    failed ||= outcome.finds.length > 0;
    if (values.write !== undefined) record(values.write, reader, outcome);
  }
  process.exitCode = failed ? 1 : 0;
}

/**
 * Runs a campaign in a child process, and continues after an input that has ended or hung it.
 *
 * @param {import('./fuzz/readers.mjs').Reader} reader
 * @param {number} inputs
 * @param {string} seed
 * @returns {Promise<Outcome>}
 */
async function run(reader, inputs, seed) {
  /** @type {Outcome} */
  const outcome = { inputs, accepted: 0, slowest: 0, largest: 0, seconds: 0, finds: [] };
  const start = performance.now();
  let from = 0;
  let careful = false;
  while (from < inputs && outcome.finds.length < 50) {
    // after an end without a word, the inputs since the last report are tried one by one
    const to = careful ? Math.min(inputs, from + 2000) : inputs;
    const part = await runPart(reader, { reader: reader.name, seed, from, to, careful });
    outcome.accepted += part.accepted;
    outcome.slowest = Math.max(outcome.slowest, part.slowest);
    outcome.largest = Math.max(outcome.largest, part.largest);
    outcome.finds.push(...part.finds);
    if (part.ended === undefined) {
      from = to;
      careful = false;
    } else if (careful) {
      outcome.finds.push({ index: part.next, problem: part.ended });
      from = part.next + 1;
      careful = false;
    } else {
      from = part.next;
      careful = true;
    }
  }
  outcome.seconds = (performance.now() - start) / 1000;
  return outcome;
}

/**
 * @param {import('./fuzz/readers.mjs').Reader} reader
 * @param {Part} part
 * @returns {Promise<{ next: number, accepted: number, slowest: number, largest: number, finds: Find[], ended?: string }>}
 */
function runPart(reader, part) {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), ['--child', JSON.stringify(part)], {
      execArgv: ['--max-old-space-size=1024', '--disallow-code-generation-from-strings'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      errors = (errors + text).slice(-2000);
    });
    const result = { next: part.from, accepted: 0, slowest: 0, largest: 0, finds: /** @type {Find[]} */ ([]) };
    let finished = false;
    let hung = false;
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    // the time to start is not the reader's
    const watch = (/** @type {number} */ seconds) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        hung = true;
        child.kill('SIGKILL');
      }, 1000 * seconds);
    };
    watch(120);
    child.on('message', (/** @type {any} */ message) => {
      watch(2 * reader.seconds + 30);
      result.next = message.next;
      result.accepted = message.accepted;
      result.slowest = Math.max(result.slowest, message.slowest);
      result.largest = Math.max(result.largest, message.largest);
      result.finds.push(...message.finds);
      finished = message.done;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const last = errors.trim().split('\n').slice(-6).join(' | ').slice(-500);
      const ended = hung ? 'hung the process' : `ended the process (${signal ?? code}): ${last}`;
      resolve(finished && !hung ? result : { ...result, ended });
    });
  });
}

/** The child: reads inputs one after the other and reports how it goes. */
async function feed(/** @type {Part} */ { reader: name, seed, from, to, careful }) {
  const reader = readerOf(name);
  let [accepted, slowest, largest] = [0, 0, 0];
  /** @type {Find[]} */
  let finds = [];
  let reported = 0;
  const report = (/** @type {number} */ next, done = false) =>
    new Promise((resolve) => {
      process.send?.({ next, accepted, slowest, largest, finds, done }, () => resolve(undefined));
      finds = [];
      reported = performance.now();
    });
  // what an input leaves behind must not end the process either
  process.on('unhandledRejection', (error) => {
    process.stderr.write(`unhandled rejection: ${String(/** @type {Error} */ (error)?.stack ?? error)}\n`);
    process.exit(70);
  });
  await tryInput(reader, makeInput(reader, `${seed} warm`, 0)).catch(() => undefined);
  for (let index = from; index < to; index++) {
    if (careful || performance.now() - reported > 500) await report(index);
    const input = makeInput(reader, seed, index);
    const { problem, ...figures } = await tryInput(reader, input);
    if (figures.accepted) accepted++;
    slowest = Math.max(slowest, figures.milliseconds);
    largest = Math.max(largest, figures.megabytes);
    if (problem !== undefined) finds.push({ index, problem });
  }
  // promises and timers that outlive their input have a moment to fail
  await new Promise((resolve) => setTimeout(resolve, 200));
  await report(to, true);
  process.exit(0);
}

async function again(/** @type {number} */ index) {
  const reader = readerOf(values.reader);
  const input = makeInput(reader, values.seed, index);
  if (values.save !== undefined) {
    const bytes = input instanceof Uint8Array ? input : typeof input === 'string' ? input : JSON.stringify(input);
    writeFileSync(values.save, bytes);
  }
  const outcome = await tryInput(reader, input);
  process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
  process.exit(outcome.problem === undefined ? 0 : 1);
}

function readerOf(/** @type {string} */ name) {
  const reader = readers.find((each) => each.name === name);
  if (!reader) throw new Error(`expected one of ${readers.map((each) => each.name).join(', ')}, got ${name}`);
  return reader;
}

/** Replaces a reader's row in the table between the marks, which are added at the end of the file if missing. */
function record(
  /** @type {string} */ path,
  /** @type {import('./fuzz/readers.mjs').Reader} */ reader,
  /** @type {Outcome} */ outcome,
) {
  const [open, close] = ['<!-- readers: made by scripts/fuzz.mjs -->', '<!-- end of readers -->'];
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    text = '# Reliability\n';
  }
  if (!text.includes(open)) text = `${text.trimEnd()}\n\n${open}\n${close}\n`;
  const [before = '', rest = ''] = text.split(open);
  const [inside = '', after = ''] = rest.split(close);
  const rows = new Map(
    [...inside.matchAll(/^\| `([a-z-]+)` \|.*$/gm)].map((match) => [/** @type {string} */ (match[1]), match[0]]),
  );
  const found = outcome.finds.length > 0 ? `**${outcome.finds.length} open**` : '0 open';
  const fixed = reader.found.length > 0 ? `; fixed: ${reader.found.join('; ')}` : '';
  rows.set(
    reader.name,
    `| ${[
      `\`${reader.name}\``,
      reader.reads,
      reader.limits,
      `${reader.seconds} s, ${reader.megabytes} MB`,
      `${outcome.inputs.toLocaleString('en')} (seed ${values.seed})`,
      outcome.accepted.toLocaleString('en'),
      `${outcome.slowest.toFixed(0)} ms, ${outcome.largest.toFixed(0)} MB`,
      `${found}${fixed}`,
    ].join(' | ')} |`,
  );
  const ordered = readers.flatMap(({ name }) => rows.get(name) ?? []);
  const section = `
## Readers

Every reader of files has been fed with damaged ones: real files and generated ones with bits, numbers, names and whole pieces changed, taken
out, doubled or swapped, archives and headers rebuilt around the damage. Whatever the input is, the outcome is a value or an error
of ours in one line: no crash, no hang, no more memory than the bound, no path that leads out of its folder, no changed prototype, no code that
is run (the process forbids code from text). Found cases are kept as tests, and \`npm test\` runs a short part of every campaign.

\`node scripts/fuzz.mjs --reader NAME --inputs N --seed S --write docs/reliability.md\` made each row; \`--only INDEX\` reads one input again.
Memory is what JavaScript holds after an input, garbage included; what FFmpeg and libvips allocate by themselves is bounded by the pixels alone.
Nothing here reads ONNX: \`@mcore/onnx-export\` writes it, and onnxruntime and the onnx checker read it in the tests.

| reader | what is read | its limits | bound an input | inputs tried | of them read | slowest, largest | finds |
| --- | --- | --- | --- | --- | --- | --- | --- |
${ordered.join('\n')}

`;
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${before}${open}${section}${close}${after}`);
  renameSync(temporary, path);
}
