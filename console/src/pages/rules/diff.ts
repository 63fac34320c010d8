// What is different between two texts, line by line.

export type Line = { kind: 'same' | 'gone' | 'new'; text: string };

/** Above so many pairs of lines nothing is compared: everything is gone, everything is new. */
const MOST_PAIRS = 4_000_000;

/** The lines of both texts in one order. */
export function difference(before: string, after: string): Line[] {
  const a = lines(before);
  const b = lines(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const same = (text: string): Line => ({ kind: 'same', text });
  return [
    ...a.slice(0, start).map(same),
    ...between(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(same),
  ];
}

function lines(text: string): string[] {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  return all;
}

/** The longest lines in common, and what is around them. */
function between(a: string[], b: string[]): Line[] {
  const gone = a.map((text): Line => ({ kind: 'gone', text }));
  const added = b.map((text): Line => ({ kind: 'new', text }));
  if (a.length === 0 || b.length === 0 || a.length * b.length > MOST_PAIRS) return [...gone, ...added];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const told: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      told.push({ kind: 'same', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      told.push(...gone.slice(i, i + 1));
      i += 1;
    } else {
      told.push(...added.slice(j, j + 1));
      j += 1;
    }
  }
  return [...told, ...gone.slice(i), ...added.slice(j)];
}
