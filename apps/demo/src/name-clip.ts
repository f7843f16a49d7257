/** What a part of a competition's name says, for people. */
const replacements: readonly [RegExp, string][] = [
  [/^FINA(?=Diving|World)|^Diving_Full|^Full/, ''],
  [/DivingWorldCup(\d{4})/, 'World Cup $1'],
  [/WorldChampionships(\d{4})/, 'World Championships $1'],
  [/EuropeanChampionships(\d{4})/, 'European Championships $1'],
  [/Budapest2021Diving/, 'Budapest 2021 '],
  [/Tokyo2020Replays/, 'Tokyo 2020'],
  [/(Women|Men)/, '$1 '],
  [/(\d+m)/, '$1 '],
  [/[Ss]ynchronised/, 'synchronised '],
  [/SpringboardFinal|springboard-final/, 'springboard final'],
  [/Platform/, 'platform '],
  [/Final/, 'final'],
  [/_r(\d+)$/, ' round $1'],
  [/_(\d+)$/, ' part $1'],
];

/**
 * Event and place of a dive of FineDiving, as people say it.
 *
 * @param label - Its labels.
 * @returns `World Cup 2021 Men 3 m final round 1, dive 12`, or `Event 01, dive 139` where the data has only a number.
 */
export function nameClip({ competition, diveIndex }: { competition: string; diveIndex: number }): string {
  return `${nameEvent(competition)}, dive ${diveIndex}`;
}

function nameEvent(competition: string): string {
  if (/^\d+$/.test(competition)) return `Event ${competition}`;
  let words = competition;
  for (const [pattern, replacement] of replacements) words = words.replace(pattern, replacement);
  return words
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/(\d)m\b/g, '$1 m')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}
