// Numbers and days, as a language writes them.
import { useMemo } from 'react';
import { DAY } from './scale';

/** How things are written. */
export type Writing = ReturnType<typeof writing>;

/** Days are those of the server, which have no zone of their own. */
const ZONE = { timeZone: 'UTC' } as const;

export function writing(language: string) {
  const short = new Intl.DateTimeFormat(language, { month: 'numeric', day: 'numeric', ...ZONE });
  const whole = new Intl.DateTimeFormat(language, { dateStyle: 'medium', ...ZONE });
  const number = new Intl.NumberFormat(language);
  const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
  return {
    /** A day below the axis, by its number. */
    tick: (day: number) => short.format(day * DAY),
    /** A day in full. */
    day: (day: string) => whole.format(Date.parse(day)),
    number: (value: number) => number.format(value),
    /** A number beside the axis. */
    compact: (value: number) => compact.format(value),
  };
}

/** How the language that is spoken writes things. */
export function useWriting(language: string): Writing {
  return useMemo(() => writing(language), [language]);
}
