// What a chart says in words: the numbers of the day that is looked at, and what each line is.
import type { Line } from './plot';
import type { Writing } from './writing';

type Numbers = { lines: Line[]; index: number; write: Writing };

/** The numbers of a day beside its place: after it, or before it where no room is left. */
export function Floating({
  x,
  width,
  title,
  lines,
  index,
  write,
}: Numbers & { x: number; width: number; title: string }) {
  const side = x < width / 2 ? { insetInlineStart: x + 14 } : { insetInlineEnd: width - x + 14 };
  return (
    <div className="chart-floating" style={side}>
      <strong>{title}</strong>
      <Legend lines={lines} index={index} write={write} />
    </div>
  );
}

/** Each line with its colour and its number. */
export function Legend({ lines, index, write }: Numbers) {
  return (
    <ul className="chart-legend">
      {lines.map(({ key, title, color, values }) => (
        <li key={key}>
          <span className="chart-dot" style={{ background: color }} />
          <span>{title}</span>
          <span className="number">{write.number(values[index] ?? 0)}</span>
        </li>
      ))}
    </ul>
  );
}
