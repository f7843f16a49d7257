/**
 * Compares names the way people number files: runs of digits by their value, `frame2` before `frame10`, everything else by code
 * unit; names that are equal so far by length, so that the order is the same everywhere.
 */
export function naturalOrder(a: string, b: string): number {
  const first = a.match(/\d+|\D+/g) ?? [];
  const second = b.match(/\d+|\D+/g) ?? [];
  for (let part = 0; part < Math.min(first.length, second.length); part++) {
    const order = compareParts(first[part]!, second[part]!);
    if (order !== 0) return order;
  }
  return first.length - second.length || a.length - b.length;
}

function compareParts(a: string, b: string): number {
  if (/^\d/.test(a) && /^\d/.test(b)) {
    const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
    return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
