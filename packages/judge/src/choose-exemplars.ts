import { isDiveNumber } from '@mcore/clips';
import { McoreError } from '@mcore/errors';
import { type Exemplar, type ExemplarBank, nearestExemplars } from '@mcore/model';
import { Random } from '@mcore/random';
import { distance } from 'fastest-levenshtein';

/** How the exemplars of a score were found; exemplar-free weights need none. */
export type ExemplarMatch =
  | 'same dive number'
  | 'same class'
  | 'nearest dive number'
  | 'nearest by features'
  | 'none needed';

/** Exemplars with how they were found. */
export interface ChosenExemplars {
  exemplars: readonly Exemplar[];
  match: ExemplarMatch;
}

/** What is known of the action in a clip. */
export interface ExemplarOptions {
  /**
   * Dive number such as `107B`, or the class as in the manifest that the weights were trained on; case does not matter. Exemplars have
   * it, or the nearest dive numbers if no exemplar has it. Without it exemplars are the most similar ones by their features.
   */
  readonly class?: string;
  /** Degree of difficulty: ranks dive numbers by their distance where no exemplar has the number; that of similar dives unless given. */
  readonly difficulty?: number;
  /** Takes the exemplars that are nearest by their features if the class is unknown, instead of throwing. */
  readonly anyClass?: boolean;
}

/** No exemplar has the class that was asked for. */
export class UnknownClassError extends McoreError {
  override readonly name = 'UnknownClassError';

  /**
   * @param className - As it was looked for.
   * @param nearest - Names that are spelled most alike, nearest first.
   * @param known - Classes altogether.
   */
  constructor(
    readonly className: string,
    readonly nearest: readonly string[],
    known: number,
  ) {
    const listed = nearest.map((each) => JSON.stringify(each)).join(', ');
    const more = known > nearest.length ? ` of ${known} classes` : '';
    super(
      'ERR_MCORE_UNKNOWN_CLASS',
      `expected a class that the exemplars have, got ${JSON.stringify(className)}. Nearest names: ${listed}${more}. Choose one of them, leave the class out, or allow any class (anyClass, --any-class).`,
    );
  }
}

/** Names that an error about an unknown class lists. */
const NAMES_LISTED = 5;

/**
 * Chooses exemplars out of a bank. The draw depends on the seed and the class, never on the clip.
 *
 * @param stages - The clip's features, stages x steps x channels.
 * @param options - `count`: exemplars, at most; `seed` of the draw.
 * @throws {@link UnknownClassError} as {@link comparedClass}.
 */
export function chooseExemplarsOf(
  bank: ExemplarBank,
  stages: Float32Array,
  options: ExemplarOptions & { readonly count: number; readonly seed: number },
): ChosenExemplars {
  const { count, seed, difficulty } = options;
  const name = comparedClass(bank, options);
  if (name === undefined) {
    return { exemplars: nearestExemplars(bank, stages, count), match: 'nearest by features' };
  }
  const { exemplars, match } = bank.draw(name, count, Random.for(seed, 'exemplars', name), difficulty);
  if (match === 'nearest') return { exemplars, match: 'nearest dive number' };
  return { exemplars, match: areDives(bank) ? 'same dive number' : 'same class' };
}

/**
 * The class whose exemplars a clip is compared with, as the bank spells it; `undefined` where features decide.
 *
 * @throws {@link UnknownClassError} if no exemplar has the class, it is not a dive number among dive numbers, and `anyClass` is not set.
 */
export function comparedClass(bank: ExemplarBank, options: ExemplarOptions): string | undefined {
  const name = options.class?.trim().toLowerCase();
  if (name === undefined) return undefined;
  if (bank.diveNumbers.includes(name) || (areDives(bank) && isDiveNumber(name))) return name;
  if (options.anyClass) return undefined;
  throw new UnknownClassError(name, nearestNames(name, bank.diveNumbers), bank.diveNumbers.length);
}

function areDives({ diveNumbers }: ExemplarBank): boolean {
  return diveNumbers.every(isDiveNumber);
}

/** The known names that are spelled most alike. */
function nearestNames(name: string, known: readonly string[]): string[] {
  return [...known].sort((a, b) => distance(name, a) - distance(name, b)).slice(0, NAMES_LISTED);
}
