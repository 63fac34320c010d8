// Where things of a chart are.
import { expect, test } from 'vitest';
import { dayNumber, dayTicks, line, nearest, runs, ticks } from './scale';

test('the ticks of numbers are round, and reach as far as the numbers', () => {
  expect(ticks(0)).toEqual([0, 1]);
  expect(ticks(1)).toEqual([0, 1]);
  expect(ticks(3)).toEqual([0, 1, 2, 3]);
  expect(ticks(7)).toEqual([0, 2, 4, 6, 8]);
  expect(ticks(100)).toEqual([0, 25, 50, 75, 100]);
  expect(ticks(1_234)).toEqual([0, 500, 1000, 1500]);
  expect(ticks(10_000_000)).toEqual([0, 2_500_000, 5_000_000, 7_500_000, 10_000_000]);
});

test('whatever the numbers are, their ticks are whole, few, and not far above them', () => {
  for (let most = 1; most <= 10_000_000; most = Math.ceil(most * 1.31)) {
    const found = ticks(most);
    const [top = 0, before = 0] = [found.at(-1), found.at(-2)];
    expect(found.every(Number.isSafeInteger), `${most}`).toBe(true);
    expect(top, `${most}`).toBeGreaterThanOrEqual(most);
    expect(before, `${most}`).toBeLessThan(most);
    expect(found.length, `${most}`).toBeGreaterThanOrEqual(2);
    expect(found.length, `${most}`).toBeLessThanOrEqual(6);
  }
});

test('the last day is always written, and no more days than have room', () => {
  expect(dayTicks(100, 100, 8)).toEqual([100]);
  expect(dayTicks(100, 103, 8)).toEqual([100, 101, 102, 103]);
  expect(dayTicks(100, 129, 8)).toEqual([101, 108, 115, 122, 129]);
  expect(dayTicks(100, 129, 1)).toEqual([129]);
  for (const span of [0, 1, 6, 29, 89, 399, 2_000]) {
    for (const room of [0, 1, 3, 8, 20]) {
      const found = dayTicks(1, 1 + span, room);
      expect(found.at(-1)).toBe(1 + span);
      expect(found.length).toBeLessThanOrEqual(Math.max(1, room));
      expect(found[0]).toBeGreaterThanOrEqual(1);
    }
  }
});

test('days are counted, whatever the month and the hour are set to', () => {
  expect(dayNumber('2026-03-01') - dayNumber('2026-02-28')).toBe(1);
  expect(dayNumber('2026-03-30') - dayNumber('2026-03-28')).toBe(2);
});

test('a line ends where days are missing', () => {
  expect(runs([])).toEqual([]);
  expect(runs([5])).toEqual([[0]]);
  expect(runs([5, 6, 9, 11, 12])).toEqual([[0, 1], [2], [3, 4]]);
});

test('the pointer shows the nearest day', () => {
  expect(nearest([0, 10, 20], -4)).toBe(0);
  expect(nearest([0, 10, 20], 14)).toBe(1);
  expect(nearest([0, 10, 20], 16)).toBe(2);
  expect(nearest([7], 900)).toBe(0);
});

/** All heights that a line is drawn by: a curve does not leave those of its points and of what bends it. */
const heights = (path: string) => [...path.matchAll(/,(-?[\d.]+)/g)].map(([, y]) => Number(y));

test('a line goes through its points and never beyond them', () => {
  expect(line([])).toBe('');
  expect(line([{ x: 4, y: 2 }])).toBe('M4,2');
  expect(line([0, 3, 6].map((x) => ({ x, y: 5 })))).toBe('M0,5C1,5 2,5 3,5C4,5 5,5 6,5');
  const steps = [0, 0, 100, 100, 40, 60, 0].map((y, index) => ({ x: index * 30, y }));
  const path = line(steps);
  for (const { x, y } of steps) expect(path).toContain(`${x},${y}`);
  expect(Math.min(...heights(path))).toBe(0);
  expect(Math.max(...heights(path))).toBe(100);
});
