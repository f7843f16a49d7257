import type { Clip } from '@mcore/clips';
import { spearman } from '@mcore/metrics';
import { type CheckpointInfo, exportWeights, type MCoRe } from '@mcore/model';
import { adamTensors } from '../adam-tensors.js';
import { EventFile } from '../files/event-file.js';
import { type RunFiles, writeCheckpoint } from '../files/run-files.js';
import { NotFiniteError } from '../not-finite-error.js';
import type { ParameterLayout } from '../parameter-layout.js';
import { predictClips } from '../predict-clips.js';
import type { Replica } from '../replica.js';
import type { Trainer } from '../trainer.js';
import { explainNotFinite } from './not-finite.js';
import type { TrainingRun } from './train.js';

/** What a run works with. */
export interface SessionParts {
  run: TrainingRun;
  files: RunFiles;
  model: MCoRe;
  layout: ParameterLayout;
  replicas: readonly Replica[];
  trainer: Trainer;
  info: CheckpointInfo;
  /** Validation clips that choose the best weights. */
  selecting: readonly Clip[];
}

/** Which weights are the best so far; part of the state a run goes on from. */
export interface Selection {
  best: { step: number; srcc: number };
  /** Looks at validation since then. */
  looks: number;
}

/** The loop with its files: steps, log, checkpoints, validation. */
export class TrainingSession {
  readonly #parts: SessionParts;
  #selection: Selection;

  constructor(parts: SessionParts, selection: Selection) {
    this.#parts = parts;
    this.#selection = selection;
  }

  /** Trains to the last step, or until patience is at its end. */
  async run(): Promise<{ best: Selection['best']; stoppedEarly: boolean }> {
    const { run, files, trainer } = this.#parts;
    const events = await EventFile.open(files.events, await files.readLog());
    try {
      while (trainer.step < run.totalSteps && !this.#isOutOfPatience()) await this.#step(events);
    } finally {
      await events.close();
    }
    return { best: this.#selection.best, stoppedEarly: trainer.step < run.totalSteps };
  }

  async #step(events: EventFile): Promise<void> {
    const { run, files, trainer } = this.#parts;
    const record = await this.#advance();
    await this.#log(events, { kind: 'step', ...record });
    run.onStep?.(record);
    const isLast = record.step === run.totalSteps;
    if (isLast || record.step % run.validateEvery === 0) await this.#validate(events);
    if (run.keepEvery !== undefined && trainer.step % run.keepEvery === 0) {
      await this.#saveWeights(files.kept(trainer.step));
    }
    if (isLast || this.#isOutOfPatience() || record.step % run.checkpointEvery === 0) await this.#saveLast();
  }

  /** A step; where it can't be done for numbers that are not finite, what was seen is saved. */
  async #advance(): ReturnType<Trainer['run']> {
    const { trainer, files, layout } = this.#parts;
    try {
      return await trainer.run();
    } catch (error) {
      if (!(error instanceof NotFiniteError)) throw error;
      await this.#saveLast();
      layout.write(trainer.parameters);
      throw await explainNotFinite(error, files);
    }
  }

  #isOutOfPatience(): boolean {
    const { patience } = this.#parts.run;
    return patience !== undefined && this.#selection.looks >= patience;
  }

  /** Validates the present weights and keeps them if they are the best yet. */
  async #validate(events: EventFile): Promise<void> {
    const { run, files, trainer } = this.#parts;
    const srcc = await this.#validationSrcc();
    const { step } = trainer;
    const { best, looks } = this.#selection;
    // an undefined correlation (all predictions equal) still leaves a first checkpoint behind
    if (best.step === 0 || srcc > best.srcc || (Number.isNaN(best.srcc) && !Number.isNaN(srcc))) {
      this.#selection = { best: { step, srcc }, looks: 0 };
      await this.#saveWeights(files.best);
    } else this.#selection = { best, looks: looks + 1 };
    const record = { step, srcc, best: this.#selection.best.srcc };
    await this.#log(events, { kind: 'validation', ...record });
    run.onValidation?.(record);
  }

  async #validationSrcc(): Promise<number> {
    const { run, model, layout, replicas, trainer, selecting } = this.#parts;
    layout.write(trainer.parameters);
    await Promise.all(replicas.map((replica) => replica.setParameters(trainer.parameters)));
    const setup = { model, replicas, prepared: run.prepared, train: run.splits.train, exemplars: run.seed };
    const predicted = await predictClips(selecting, setup);
    return spearman(
      predicted.map((clip) => clip.predictedScore),
      predicted.map((clip) => clip.trueScore),
    );
  }

  async #log(events: EventFile, record: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#parts.files.append(record);
    await events.add(record);
  }

  /** The present weights alone. */
  async #saveWeights(path: string): Promise<void> {
    const { model, layout, trainer, info } = this.#parts;
    layout.write(trainer.parameters);
    const tensors = await exportWeights(model);
    await writeCheckpoint(path, { info: { ...info, step: trainer.step }, tensors, optimiser: new Map() });
  }

  /** All that a run goes on from. Randomness needs no state: it is a function of seed, purpose and step. */
  async #saveLast(): Promise<void> {
    const { model, layout, files, trainer, info } = this.#parts;
    const { parameters, adam } = trainer.state();
    layout.write(parameters);
    const optimiser = new Map(adamTensors(adam));
    const notes = { ...info.notes, ...this.#selection };
    const tensors = await exportWeights(model);
    await writeCheckpoint(files.last, { info: { ...info, step: adam.step, notes }, tensors, optimiser });
  }
}
