// Numbers of days as lines: read with the pointer, with a finger, or with the keyboard.
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Axes, Course, Mark } from './Lines';
import { EDGE, HEIGHT, type Line, plot } from './plot';
import { nearest } from './scale';
import { Floating, Legend } from './Words';
import './style.css';
import { useWriting } from './writing';

type Chart = {
  /** What is shown, for who does not see it. */
  label: string;
  /** The days from the first to the last, as `2026-11-22`; some may be missing between them, but one is there. */
  days: string[];
  lines: Line[];
};

/** How far a key goes. */
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageDown: -7, PageUp: 7 };

/** The lines, with what they mean below. */
export function LineChart({ label, days, lines }: Chart) {
  const write = useWriting(useTranslation().i18n.language);
  const { ref, width } = useWidth();
  const { chosen, choose, press } = useChosen(days.length);
  const at = plot(days, lines, width, write.compact);
  const shown = chosen ?? days.length - 1;
  const day = write.day(days[shown] ?? '');
  const numbers = lines.map(({ title, values }) => `${title} ${write.number(values[shown] ?? 0)}`);
  const point = (event: PointerEvent) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    choose(nearest(at.places, event.clientX - left));
  };
  return (
    <figure className="chart">
      <div
        ref={ref}
        className="chart-plot"
        style={{ height: HEIGHT }}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={days.length - 1}
        aria-valuenow={shown}
        aria-valuetext={[day, ...numbers].join(', ')}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => choose(undefined)}
        onFocus={({ currentTarget }) => currentTarget.matches(':focus-visible') && choose(days.length - 1)}
        onBlur={() => choose(undefined)}
        onKeyDown={press}
      >
        {width > EDGE.start && (
          <svg width={width} height={HEIGHT} aria-hidden>
            <Axes at={at} width={width} write={write} />
            {lines.map((line) => (
              <Course key={line.key} of={line} at={at} />
            ))}
            {chosen !== undefined && <Mark lines={lines} at={at} index={chosen} />}
          </svg>
        )}
        {chosen !== undefined && (
          <Floating x={at.places[chosen] ?? 0} width={width} title={day} lines={lines} index={chosen} write={write} />
        )}
      </div>
      <Legend lines={lines} index={shown} write={write} />
    </figure>
  );
}

/** How wide an element is, now and whenever that changes. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

/** The day that is looked at, and how keys choose another. */
function useChosen(count: number) {
  const [wanted, choose] = useState<number>();
  const last = count - 1;
  // Another period may have fewer days than the one before.
  const chosen = wanted === undefined ? undefined : Math.min(wanted, last);
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape') return choose(undefined);
    const step = STEPS[event.key];
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? last : step && (chosen ?? last) + step;
    if (to === undefined) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(last, to)));
  };
  return { chosen, choose, press };
}
