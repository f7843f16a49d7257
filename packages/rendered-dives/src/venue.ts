import type { Clip } from '@mcore/clips';
import { Random } from '@mcore/random';

/** Red, green and blue, 0 .. 255. */
export type Color = readonly [number, number, number];

const grey = (level: number): Color => [level * 0.98, level, level * 1.02];

/** How a competition looks; no field depends on a score. */
export interface Venue {
  readonly outdoor: boolean;
  readonly water: Color;
  readonly deepWater: Color;
  readonly wall: Color;
  readonly upperWall: Color;
  readonly seats: Color;
  readonly deck: Color;
  readonly concrete: Color;
  readonly banner: Color;
  readonly accent: Color;
  /** Strength of the spray that keeps the water moving, 0 .. 1. */
  readonly spray: number;
  /** Share of the seats that are taken. */
  readonly crowd: number;
  /** Colour of the light over the whole picture, and how strong. */
  readonly light: Color;
  readonly lightStrength: number;
}

/** Clothes and skin of one diver. */
export interface Look {
  readonly skin: Color;
  readonly suit: Color;
  readonly hair: Color;
  /** A suit over the whole trunk, or trunks. */
  readonly fullSuit: boolean;
}

/** The building: rounds of one event, and events of one championship, share it. */
export function venueName(competition: string): string {
  const championship =
    /Tokyo2020|FINADivingWorldCup2021|FINAWorldChampionships2019|EuropeanChampionships2021|Budapest2021/.exec(
      competition,
    );
  return championship?.[0] ?? competition;
}

/** Events whose names don't say so, but whose difficulties are those of the 3 m springboard (World Aquatics, table of degrees of difficulty). */
const springboardEvents = new Set(['17', '18', '22']);

/** Dive numbers with the difficulty they have on the 3 m springboard and not on the 10 m platform. */
const springboardDifficulties = new Set(
  '105b 2.4,107b 3.1,107c 2.8,205b 3,205c 2.8,305b 3,305c 2.8,307c 3.5,405b 3,405c 2.7,407c 3.4,5152b 3,5154b 3.4,5156b 3.9,5172b 3.6'.split(
    ',',
  ),
);

/** 3 m springboard or 10 m platform, from the event's name, else from the difficulty. */
export function isSpringboard(clip: Pick<Clip, 'competition' | 'diveNumber' | 'difficulty'>): boolean {
  if (/10m/i.test(clip.competition) || clip.diveNumber.startsWith('6')) {
    return false;
  }
  if (/3m/i.test(clip.competition) || springboardEvents.has(clip.competition)) {
    return true;
  }
  return clip.competition === '26' && springboardDifficulties.has(`${clip.diveNumber} ${clip.difficulty}`);
}

/** Two divers at once; known from the event's name. */
export const isSynchronised = (competition: string): boolean => /synchro/i.test(competition);

const around = (random: Random, color: Color, by: number): Color => [
  color[0] + random.uniform(-by, by),
  color[1] + random.uniform(-by, by),
  color[2] + random.uniform(-by, by),
];

export function planVenue(competition: string, seed: number | string): Venue {
  const random = Random.for(seed, 'venue', venueName(competition));
  const outdoor = random.chance(0.2);
  const waters: Color[] = [
    [34, 138, 190],
    [26, 120, 178],
    [44, 160, 186],
    [24, 104, 160],
    [62, 170, 200],
    [30, 130, 150],
  ];
  const water = around(random, random.pick(waters), 10);
  const wall = random.pick<Color>([
    [48, 56, 78],
    [92, 104, 122],
    [128, 132, 138],
    [38, 44, 52],
    [104, 92, 84],
    [60, 82, 96],
  ]);
  const bold: Color[] = [
    [196, 38, 52],
    [28, 84, 170],
    [240, 170, 30],
    [24, 130, 98],
    [112, 54, 150],
    [20, 150, 190],
  ];
  const day = Random.for(seed, 'light', competition);
  return {
    outdoor,
    water,
    deepWater: [water[0] * 0.45, water[1] * 0.62, water[2] * 0.78],
    wall: around(random, wall, 12),
    upperWall: around(random, outdoor ? [150, 190, 226] : [wall[0] * 0.6, wall[1] * 0.6, wall[2] * 0.65], 10),
    seats: around(random, random.pick(bold), 20).map((value) => 26 + value * 0.36) as unknown as Color,
    deck: around(random, [166, 170, 170], 18),
    concrete: grey(around(random, [178, 178, 178], 26)[0]),
    banner: random.pick(bold),
    accent: random.pick(bold),
    crowd: day.uniform(0.45, 0.97),
    light: day.pick<Color>([
      [255, 236, 200],
      [210, 228, 255],
      [255, 255, 255],
      [20, 24, 46],
    ]),
    lightStrength: day.uniform(0, 0.12),
    spray: day.chance(0.45) ? day.uniform(0.35, 1) : 0,
  };
}

export function planLook(clip: Pick<Clip, 'id' | 'competition'>, seed: number | string): Look {
  const random = Random.for(seed, 'look', clip.id);
  const women = /women/i.test(clip.competition)
    ? true
    : /men/i.test(clip.competition)
      ? false
      : Random.for(seed, 'event', clip.competition).chance(0.5);
  const skins: Color[] = [
    [236, 190, 160],
    [224, 172, 136],
    [206, 150, 112],
    [170, 114, 80],
    [122, 80, 56],
    [244, 206, 178],
  ];
  const suits: Color[] = [
    [24, 30, 52],
    [180, 26, 44],
    [22, 70, 150],
    [18, 110, 84],
    [92, 30, 110],
    [230, 120, 24],
    [30, 30, 34],
    [210, 200, 60],
  ];
  const hairs: Color[] = [
    [32, 24, 20],
    [58, 38, 24],
    [120, 82, 44],
    [196, 160, 96],
    [20, 20, 22],
  ];
  return {
    skin: around(random, random.pick(skins), 8),
    suit: random.pick(suits),
    hair: random.pick(hairs),
    fullSuit: women,
  };
}

/** CSS colour, with each part times `light` and kept in range. */
export function css(color: Color, light = 1, alpha = 1): string {
  const [r, g, b] = color.map((value) => Math.round(Math.min(255, Math.max(0, value * light))));
  return alpha >= 1 ? `rgb(${r},${g},${b})` : `rgba(${r},${g},${b},${alpha})`;
}

/** Between two colours. */
export const blend = (a: Color, b: Color, share: number): Color => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];
