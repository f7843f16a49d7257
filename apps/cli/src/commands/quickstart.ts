import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Checkpoint, type MCoReConfig, presetConfig } from '@mcore/model';
import { renderReport } from '@mcore/report';
import { evaluateDraws, evaluationJson, evaluationTable, splitAs, splitOfWeights } from '@mcore/training';
import {
  clipsCsv,
  DEFAULT_RENDER_HEIGHT,
  fit,
  lockFolder,
  openPreparedClips,
  RunFiles,
  readCheckpoint,
  removeLeftovers,
  replicaFactory,
  reportData,
  type SourceDescriptor,
  writeFileAtomically,
} from '@mcore/training/node';
import { weightsUrl } from '@mcore/weights-rendered-dives';
import type { Command } from 'commander';
import { scoreRenderedVideo } from '../run/score-rendered-video.js';
import { heading, result, say } from '../terminal/output.js';
import { fitProgress, prepareWithProgress, workProgress } from '../terminal/run-progress.js';
import { type EngineOptions, startEngine, wholeNumber, withEngine, withExamples, withJson } from './options.js';

interface QuickstartOptions extends EngineOptions {
  out: string;
  seed: number;
  steps?: number;
  fromScratch: boolean;
  trainClips: number;
  testClips: number;
  json: boolean;
}

/** A fifth of the laptop preset's rate. */
const FINE_TUNING_RATE = 2e-4;
/** Two minutes or so on two cores. */
const FINE_TUNING_STEPS = 100;
/** Five minutes or so. */
const FROM_SCRATCH_STEPS = 300;

/** `mcore quickstart`: what `npm start` runs. */
export function addQuickstart(program: Command): void {
  const command = program
    .command('quickstart')
    .description('Render, train, evaluate and score with the whole method, in minutes on two CPU cores.')
    .option('--out <dir>', 'folder for everything it makes', 'runs/quickstart')
    .option('--seed <n>', 'seed of everything', wholeNumber(0), 0)
    .option(
      '--steps <n>',
      `optimisation steps (default: ${FINE_TUNING_STEPS}, from scratch ${FROM_SCRATCH_STEPS})`,
      wholeNumber(1),
    )
    .option('--from-scratch', 'start from random weights instead of the shipped ones; slower', false)
    .option('--train-clips <n>', 'training clips', wholeNumber(2), 500)
    .option('--test-clips <n>', 'test clips', wholeNumber(10), 300);
  withExamples(
    withJson(withEngine(command)),
    'mcore quickstart',
    'mcore quickstart --from-scratch --steps 600 --out runs/longer',
  ).action(runQuickstart);
}

async function runQuickstart(options: QuickstartOptions): Promise<void> {
  const lock = await lockFolder(options.out, 'mcore quickstart');
  try {
    await quickstart(options);
  } finally {
    await lock.release();
  }
}

async function quickstart(options: QuickstartOptions): Promise<void> {
  const started = Date.now();
  const initial = options.fromScratch ? undefined : await readCheckpoint(fileURLToPath(weightsUrl));
  const totalSteps = options.steps ?? (initial ? FINE_TUNING_STEPS : FROM_SCRATCH_STEPS);
  const config = initial ? fineTuning(initial) : presetConfig('laptop');
  const source: SourceDescriptor = { kind: 'rendered', seed: 0, height: DEFAULT_RENDER_HEIGHT };
  const cache = join(options.out, 'prepared');
  await removeLeftovers(options.out);
  heading('1 of 5: engine');
  const engine = await startEngine(options);
  const prepared = await openPreparedClips(source, config.input, { cache, workers: options.workers });
  try {
    heading("2 of 5: render a part of FineDiving's real labels");
    const limits = { train: options.trainClips, validation: 60, test: options.testClips };
    // that of the shipped weights, so that none of their training clips is validated or tested on
    const split = splitOfWeights(initial?.info, prepared.source, {}, options.seed);
    const splits = splitAs(prepared.source.clips, split, limits);
    say(
      `${splits.train.length} training, ${splits.validation.length} validation and ${splits.test.length} test clips.`,
    );
    await prepareWithProgress(prepared, [...splits.train, ...splits.validation, ...splits.test]);

    heading(initial ? '3 of 5: train on, from the shipped weights' : '3 of 5: train from random weights');
    const { workers, seed } = options;
    const files = new RunFiles(options.out);
    const { weights: checkpoint, calibration } = await fit({
      ...{ data: 'rendered', preset: config.preset, config, seed, steps: totalSteps, workers, cache },
      ...{ running: engine.name, out: files, resume: 'start-over' },
      trainClips: options.trainClips,
      validationClips: limits.validation,
      validateEvery: Math.max(1, Math.round(totalSteps / 4)),
      ...(initial ? { init: initial } : {}),
      onEvent: fitProgress(config.optimiser.batchSize),
    });

    heading('4 of 5: evaluate on test clips it never saw');
    const show = workProgress();
    const [draw] = await evaluateDraws({
      ...{ checkpoint, clips: splits.test, train: splits.train, prepared, exemplars: seed },
      createReplicas: replicaFactory(engine.name, workers),
      onProgress: (done, total) => show({ kind: 'evaluating', done, total }),
    });
    const { predicted, evaluation } = draw!;
    const about = { source: prepared.source.description, trainedOn: checkpoint.info.trainedOn, part: 'test' };
    say(evaluationTable(evaluation, about));

    heading('5 of 5: score a video file, write the report');
    const video = join(options.out, 'dive.mp4');
    const clip = splits.test[0]!;
    const scored = await scoreRenderedVideo({ clip, source, video, files, seed: options.seed, engine: engine.name });
    say(`${video} (${clip.diveNumber}): score ${scored.score.toFixed(1)}, the judges gave ${clip.score.toFixed(1)}.`);
    const report = join(options.out, 'report.html');
    const minutes = (Date.now() - started) / 60_000;
    const commands = [
      `mcore quickstart --seed ${options.seed} --steps ${totalSteps}${initial ? '' : ' --from-scratch'}`,
    ];
    const data = await reportData({
      title: 'Quickstart',
      description:
        `MCoRe in its laptop preset, trained for ${totalSteps} steps on ${splits.train.length} rendered dives ` +
        `${initial ? `from the shipped weights (${initial.info.step} steps before)` : 'from random weights'} and ` +
        `evaluated on ${splits.test.length} rendered test dives that neither training saw.`,
      config,
      seed: options.seed,
      evaluation,
      predicted,
      prepared,
      log: await files.readLog(),
      ...(calibration ? { halfWidth: calibration.halfWidth } : {}),
      commands,
      engine: engine.description,
      notes: [`The whole run took ${minutes.toFixed(1)} minutes.`],
    });
    await writeFileAtomically(report, renderReport(data));
    await writeFileAtomically(join(options.out, 'clips.csv'), clipsCsv(predicted));

    heading('Done');
    const summary = {
      ...evaluationJson(evaluation, about),
      minutes,
      report,
      weights: files.best,
      bank: files.bank,
      video,
    };
    result(options.json, summary, () =>
      [
        `Made in ${minutes.toFixed(1)} minutes:`,
        `  ${report}  open it in a browser`,
        `  ${files.best}  the weights, with ${files.bank} beside them`,
        `  ${video}  a rendered dive as a video file`,
        'Try next:',
        `  npx mcore score ${video} --dive ${clip.diveNumber} --weights ${files.best}`,
        `  npx mcore eval --weights ${files.best}`,
        '  npx mcore doctor',
      ].join('\n'),
    );
  } finally {
    await prepared.close();
    await engine.dispose();
  }
}

/** The shipped configuration with a smaller step, so that what was learned is kept. */
function fineTuning({ info }: Checkpoint): MCoReConfig {
  const config = structuredClone(info.config);
  config.optimiser.learningRate = FINE_TUNING_RATE;
  config.optimiser.backboneLearningRate = FINE_TUNING_RATE;
  return config;
}
