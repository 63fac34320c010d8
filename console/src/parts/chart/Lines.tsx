// What is drawn of a chart: axes, lines, and the mark of the day that is looked at.
import { EDGE, HEIGHT, type Line, type Plot } from './plot';
import { line, runs } from './scale';
import type { Writing } from './writing';

/** A line for each number, and the days below. */
export function Axes({ at, width, write }: { at: Plot; width: number; write: Writing }) {
  return (
    <g className="chart-axes">
      {at.rows.map(({ value, y }) => (
        <g key={value}>
          <line x1={at.start} x2={width - EDGE.end / 2} y1={y} y2={y} />
          <text x={at.start - 8} y={y} dy="0.35em" textAnchor="end">
            {write.compact(value)}
          </text>
        </g>
      ))}
      {at.columns.map(({ day, x }) => (
        <text key={day} x={x} y={HEIGHT - 8} textAnchor="middle">
          {write.tick(day)}
        </text>
      ))}
    </g>
  );
}

/** One line; a day between days of which nothing is known is a dot. */
export function Course({ of, at }: { of: Line; at: Plot }) {
  return (
    <g className="chart-course">
      {runs(at.numbers).map((run) => {
        const points = run.map((index) => at.point(of.values, index));
        const [only] = points;
        return only && points.length === 1 ? (
          <circle key={run[0]} cx={only.x} cy={only.y} r={3.5} fill={of.color} />
        ) : (
          <path key={run[0]} d={line(points)} stroke={of.color} />
        );
      })}
    </g>
  );
}

/** Where the lines are on one day. */
export function Mark({ lines, at, index }: { lines: Line[]; at: Plot; index: number }) {
  const x = at.places[index] ?? 0;
  return (
    <g className="chart-mark">
      <line x1={x} x2={x} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />
      {lines.map(({ key, color, values }) => {
        const { y } = at.point(values, index);
        return <circle key={key} cx={x} cy={y} r={4} fill={color} />;
      })}
    </g>
  );
}
