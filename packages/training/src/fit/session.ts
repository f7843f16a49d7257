import type { Clip } from '@mcore/clips';
import { type CheckpointInfo, exportWeights, type MCoRe } from '@mcore/model';
import type { ParameterLayout } from '../compute/parameter-layout.js';
import type { Replica } from '../compute/replica.js';
import { adamTensors, averageTensors } from '../optimizer/adam-tensors.js';
import { NotFiniteError } from '../optimizer/not-finite-error.js';
import type { Trainer } from '../optimizer/trainer.js';
import { type LogRecord, type RunLog, runFiles, saveCheckpoint } from '../run/run-store.js';
import { explainNotFinite } from './explain-not-finite.js';
import type { ValidationRecord } from './fit-events.js';
import type { FitRun } from './fit-run.js';
import { FEW_CLIPS } from './training-needs.js';
import { type Validation, validate } from './validate.js';

/** What a run works with. */
interface SessionContext {
  run: FitRun;
  model: MCoRe;
  layout: ParameterLayout;
  replicas: readonly Replica[];
  trainer: Trainer;
  info: CheckpointInfo;
  /** Validation clips that choose the best weights. */
  selecting: readonly Clip[];
}

/** Which weights are the best so far; part of the state a run is resumed from. */
export interface Selection {
  best: { step: number; srcc: number; error?: number };
  /** Evaluations on validation since then. */
  looks: number;
}

/** The training loop: steps, log, checkpoints, validation. */
export class TrainingSession {
  readonly #context: SessionContext;
  #selection: Selection;

  constructor(context: SessionContext, selection: Selection) {
    this.#context = context;
    this.#selection = selection;
  }

  /**
   * Trains to the last step, or until patience is at its end.
   *
   * @throws The reason of the run's signal once it is aborted; the state to resume from is kept before.
   */
  async run(): Promise<{ best: Selection['best']; stoppedEarly: boolean }> {
    const { run, trainer } = this.#context;
    run.onEvent?.({ kind: 'start', step: trainer.step, totalSteps: run.totalSteps });
    const log = await run.store.openLog(trainer.step);
    try {
      while (trainer.step < run.totalSteps && !this.#isOutOfPatience()) {
        if (run.signal?.aborted) {
          if (trainer.step > 0) await this.#saveLast();
          throw run.signal.reason;
        }
        await this.#step(log);
      }
    } finally {
      await log.close();
    }
    return { best: this.#selection.best, stoppedEarly: trainer.step < run.totalSteps };
  }

  async #step(log: RunLog): Promise<void> {
    const { run, trainer } = this.#context;
    const record = await this.#advance();
    await log.add({ kind: 'step', ...record });
    run.onEvent?.({ kind: 'step', ...record });
    const isLast = record.step === run.totalSteps;
    if (run.keepsLast) await this.#keepLast(isLast);
    else if (isLast || record.step % run.validateEvery === 0) await this.#validate(log);
    if (run.keepEvery !== undefined && trainer.step % run.keepEvery === 0) {
      await this.#saveWeights(runFiles.kept(trainer.step));
    }
    if (isLast || this.#isOutOfPatience() || record.step % run.checkpointEvery === 0) await this.#saveLast();
  }

  /** A step; where it can't be done for numbers that are not finite, what was seen is saved. */
  async #advance(): ReturnType<Trainer['run']> {
    const { trainer, run, layout } = this.#context;
    try {
      return await trainer.run();
    } catch (error) {
      if (!(error instanceof NotFiniteError)) throw error;
      await this.#saveLast();
      layout.write(trainer.parameters);
      throw await explainNotFinite(error, run.store);
    }
  }

  #isOutOfPatience(): boolean {
    const { patience } = this.#context.run;
    return patience !== undefined && this.#selection.looks >= patience;
  }

  /** Takes the last weights for the best, where no clips choose. */
  async #keepLast(isLast: boolean): Promise<void> {
    if (!isLast) return;
    this.#selection = { best: { step: this.#context.trainer.step, srcc: Number.NaN }, looks: 0 };
    await this.#saveWeights(runFiles.best);
  }

  /** Validates the present weights and keeps them if they are the best yet. */
  async #validate(log: RunLog): Promise<void> {
    const { run, trainer } = this.#context;
    const { step } = trainer;
    const started = performance.now();
    const measured = await this.#measure();
    const found = { step, srcc: measured.srcc, error: measured.meanAbsoluteError };
    const { best, looks } = this.#selection;
    if (best.step === 0 || isBetter(found, best, this.#context.selecting.length)) {
      this.#selection = { best: found, looks: 0 };
      await this.#saveWeights(runFiles.best);
    } else this.#selection = { best, looks: looks + 1 };
    const record: ValidationRecord = { step, best: this.#selection.best.srcc, ...measured };
    const seconds = (performance.now() - started) / 1000;
    await log.add({ kind: 'validation', ...record, seconds } satisfies LogRecord);
    run.onEvent?.({ kind: 'validation', ...record, seconds });
  }

  async #measure(): Promise<Validation> {
    const { run, model, layout, replicas, trainer, selecting } = this.#context;
    layout.write(trainer.kept);
    await Promise.all(replicas.map((replica) => replica.setParameters(trainer.kept)));
    const setup = { model, replicas, prepared: run.prepared, train: run.splits.train, exemplars: run.seed };
    return validate(selecting, setup, run.metrics);
  }

  /** The present weights alone. */
  async #saveWeights(file: string): Promise<void> {
    const { run, model, layout, trainer, info } = this.#context;
    layout.write(trainer.kept);
    const tensors = await exportWeights(model);
    await saveCheckpoint(run.store, file, { info: { ...info, step: trainer.step }, tensors, optimiser: new Map() });
  }

  /** All that a run is resumed from. Randomness needs no state: it is a function of seed, purpose and step. */
  async #saveLast(): Promise<void> {
    const { run, model, layout, trainer, info } = this.#context;
    const { parameters, adam, ...average } = trainer.state();
    layout.write(parameters);
    const optimiser = new Map([...adamTensors(adam), ...averageTensors(average)]);
    const notes = { ...info.notes, ...this.#selection };
    const tensors = await exportWeights(model);
    const checkpoint = { info: { ...info, step: adam.step, notes }, tensors, optimiser };
    await saveCheckpoint(run.store, runFiles.last, checkpoint);
    run.onEvent?.({ kind: 'checkpoint', step: adam.step });
  }
}

/**
 * By rank correlation; by the mean error where few clips choose, whose ranks are a matter of chance, and where both correlations are undefined,
 * as where all predictions are equal.
 */
function isBetter(found: { srcc: number; error: number }, best: Selection['best'], clips: number): boolean {
  const lessError = found.error < (best.error ?? Number.POSITIVE_INFINITY);
  if (clips < FEW_CLIPS) return lessError;
  if (Number.isNaN(found.srcc)) return Number.isNaN(best.srcc) && lessError;
  return Number.isNaN(best.srcc) || found.srcc > best.srcc;
}
