// Where things of a chart are: the ticks of its axes, and the lines between its points.

/** A point in pixels. */
export type Point = { x: number; y: number };

/** A day in milliseconds. */
export const DAY = 86_400_000;
/** Days between ticks, as people count them. */
const APART = [1, 2, 7, 14, 28, 56, 91, 182, 364];
const ROUND = [1, 2, 2.5, 5, 10];

/** Round numbers from 0 until what is at least `most`, about as many as are wanted; never parts of one. */
export function ticks(most: number, wanted = 4): number[] {
  const top = Math.max(most, 1);
  const rough = top / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const steps = ROUND.map((round) => round * power);
  const step = steps.find((one) => one >= rough && Number.isInteger(one)) ?? 10 * power;
  return Array.from({ length: Math.ceil(top / step) + 1 }, (_, index) => index * step);
}

/** The number of a day, written as `2026-11-22`. */
export function dayNumber(day: string): number {
  return Math.round(Date.parse(day) / DAY);
}

/** The days that are written below a chart: the last one, and as many before it as have room. */
export function dayTicks(first: number, last: number, room: number): number[] {
  const most = Math.max(1, room);
  const apart = APART.find((step) => (last - first) / step < most) ?? last - first + 1;
  const count = Math.floor((last - first) / apart) + 1;
  return Array.from({ length: count }, (_, index) => last - (count - 1 - index) * apart);
}

/** What follows day by day; where days are missing, nothing is known, and a line ends. */
export function runs(days: number[]): number[][] {
  const found: number[][] = [];
  days.forEach((day, index) => {
    const run = found.at(-1);
    if (run && days[index - 1] === day - 1) run.push(index);
    else found.push([index]);
  });
  return found;
}

/** The one of some places that is nearest. */
export function nearest(places: number[], to: number): number {
  return places.reduce(
    (best, place, index) => (Math.abs(place - to) < Math.abs((places[best] ?? 0) - to) ? index : best),
    0,
  );
}

/** How steep a smooth line is at each point, so that it never goes beyond the points on either side (Fritsch and Carlson). */
function slopes(points: Point[]): number[] {
  const rise = points.slice(1).map((point, index) => {
    const before = points[index] as Point;
    return (point.y - before.y) / (point.x - before.x);
  });
  return points.map((_, index) => {
    const [before, after] = [rise[index - 1], rise[index]];
    if (before === undefined || after === undefined) return before ?? after ?? 0;
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
}

/** A smooth line through points, as SVG writes it. */
export function line(points: Point[]): string {
  const steep = slopes(points);
  const at = ({ x, y }: Point) => `${round(x)},${round(y)}`;
  return points
    .map((point, index) => {
      const before = points[index - 1];
      if (!before) return `M${at(point)}`;
      const third = (point.x - before.x) / 3;
      const leaving = { x: before.x + third, y: before.y + third * (steep[index - 1] ?? 0) };
      const coming = { x: point.x - third, y: point.y - third * (steep[index] ?? 0) };
      return `C${at(leaving)} ${at(coming)} ${at(point)}`;
    })
    .join('');
}

const round = (value: number) => Math.round(value * 10) / 10;
