/**
 * A mermaid graph of arrows as a picture, for pages that don't draw mermaid: what depends on most stands on top, and every arrow goes
 * down. Rows are put in order by where their arrows end, the mean of it, back and forth a few times.
 *
 * Source: Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System Structures", 1981.
 *
 * @param {string} graph Lines `a --> b`.
 * @returns {string} An `<svg>` without empty lines, so that it can stand in Markdown.
 */
export function drawArrows(graph) {
  const arrows = [...graph.matchAll(/^\s*(\S+) --> (\S+)$/gm)].map(([, from, to]) => [String(from), String(to)]);
  const names = [...new Set(arrows.flat())];
  const below = new Map(names.map((name) => [name, arrows.filter(([from]) => from === name).map(([, to]) => to)]));
  const above = new Map(names.map((name) => [name, arrows.filter(([, to]) => to === name).map(([from]) => from)]));
  /** @type {(name: string) => number} */
  const depth = (name) =>
    Math.max(0, ...(above.get(name) ?? []).map((user) => depth(/** @type {string} */ (user)) + 1));
  const rows = Array.from({ length: Math.max(...names.map(depth)) + 1 }, (_, row) =>
    names.filter((name) => depth(name) === row),
  );

  const place = new Map(names.map((name) => [name, 0]));
  const spread = (/** @type {string[]} */ row) =>
    row.forEach((name, index) => {
      place.set(name, (WIDTH * (index + 0.5)) / row.length);
    });
  rows.forEach(spread);
  for (let round = 0; round < 12; round++) {
    const neighbours = round % 2 === 0 ? above : below;
    const mean = (/** @type {string} */ name) => {
      const all = (neighbours.get(name) ?? []).map((other) => place.get(/** @type {string} */ (other)) ?? 0);
      return all.length === 0 ? (place.get(name) ?? 0) : all.reduce((sum, x) => sum + x, 0) / all.length;
    };
    for (const row of round % 2 === 0 ? rows : [...rows].reverse()) {
      row.sort((a, b) => mean(a) - mean(b));
      spread(row);
    }
  }

  // many in a row stand a little higher and lower in turn, so that none covers the next
  const y = (/** @type {string} */ name) => {
    const row = rows[depth(name)] ?? [];
    const shift = row.length > 6 ? (row.indexOf(name) % 2 === 0 ? -20 : 20) : 0;
    return 50 + STEP * depth(name) + shift;
  };
  const lines = arrows.map(([from = '', to = '']) => {
    const [x1, y1, x2, y2] = [place.get(from), y(from) + HEIGHT / 2, place.get(to), y(to) - HEIGHT / 2 - 6];
    return `<path d="M${x1} ${y1} C${x1} ${y1 + 40} ${x2} ${y2 - 40} ${x2} ${y2}" marker-end="url(#arrowhead)"/>`;
  });
  const boxes = names.map((name) => {
    const width = 9 * name.length + 16;
    const x = Number(place.get(name));
    return `<rect x="${x - width / 2}" y="${y(name) - HEIGHT / 2}" width="${width}" height="${HEIGHT}" rx="5"/><text x="${x}" y="${y(name) + 5.5}">${name}</text>`;
  });
  return [
    `<svg viewBox="${-MARGIN} 0 ${WIDTH + 2 * MARGIN} ${STEP * (rows.length - 1) + 90}" role="img" aria-label="Which package depends on which" style="width:100%;background:#fff;border-radius:8px">`,
    '<defs><marker id="arrowhead" viewBox="0 0 6 6" refX="3" refY="3" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L6 3L0 6z" fill="#8a94a6"/></marker></defs>',
    `<g fill="none" stroke="#8a94a6" stroke-width="1.2">${lines.join('')}</g>`,
    `<g fill="#eef" stroke="#446" font-family="sans-serif" font-size="16" text-anchor="middle">${boxes.join('').replaceAll('<text ', '<text fill="#111" stroke="none" ')}</g>`,
    '</svg>',
  ].join('\n');
}

const WIDTH = 1100;
/** At either side, for the outer boxes. */
const MARGIN = 60;
const HEIGHT = 28;
/** Between rows. */
const STEP = 104;
