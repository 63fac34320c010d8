// How long something takes or took.
import { useTranslation } from 'react-i18next';

const UNITS: [string, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** A length of time in its two largest units. */
export function duration(length: number, language: string): string {
  const first = UNITS.findIndex(([, unit]) => length >= unit);
  if (first < 0) return new Intl.NumberFormat(language, { style: 'unit', unit: 'second' }).format(length > 0 ? 1 : 0);
  let rest = length;
  const parts = UNITS.slice(first, first + 2).flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0
      ? [new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(count)]
      : [];
  });
  return parts.join(' ');
}

/** The same, on the screen. */
export function Duration({ of }: { of: number | null | undefined }) {
  const { i18n } = useTranslation();
  if (of === null || of === undefined) return <span className="quiet">—</span>;
  return <span className="number">{duration(of, i18n.language)}</span>;
}
