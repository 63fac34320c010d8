// What a chart shows, and where in its room that is.
import { dayNumber, dayTicks, type Point, ticks } from './scale';

/** One line: what it is called, how it is coloured, and its number of each day. */
export type Line = { key: string; title: string; color: string; values: number[] };

export const HEIGHT = 240;
/** What is left free around the lines; at the start it is what the numbers of the axis need, too. */
export const EDGE = { top: 10, end: 24, bottom: 28, start: 14 };
/** The room that the name of a day needs. */
const DAY_ROOM = 64;
/** How wide a character of the axis is at most. */
const CHARACTER = 8;

/** Where everything is. */
export type Plot = ReturnType<typeof plot>;

export function plot(days: string[], lines: Line[], width: number, write: (value: number) => string) {
  const rows = ticks(Math.max(0, ...lines.flatMap(({ values }) => values)));
  const start = EDGE.start + CHARACTER * Math.max(...rows.map((row) => write(row).length));
  const numbers = days.map(dayNumber);
  const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
  const wide = Math.max(0, width - start - EDGE.end);
  const high = HEIGHT - EDGE.top - EDGE.bottom;
  const x = (day: number) => start + (last > first ? (wide * (day - first)) / (last - first) : wide / 2);
  const y = (value: number) => EDGE.top + high * (1 - value / (rows.at(-1) ?? 1));
  const places = numbers.map(x);
  return {
    start,
    numbers,
    places,
    rows: rows.map((value) => ({ value, y: y(value) })),
    columns: dayTicks(first, last, Math.floor(wide / DAY_ROOM)).map((day) => ({ day, x: x(day) })),
    point: (values: number[], index: number): Point => ({ x: places[index] ?? 0, y: y(values[index] ?? 0) }),
  };
}
