// What a page shows is in its address: filters, tabs, what is open. A link shows another person the same.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

/** What follows the question mark of an address. */
export type Search = Record<string, string | string[]>;

/** Reads what follows the question mark; what comes more than once is a list. */
export function parseSearch(text: string): Search {
  const search: Search = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = search[name];
    search[name] = before === undefined ? value : [before, value].flat();
  }
  return search;
}

/** Writes it. */
export function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of [value].flat())
      if (one !== undefined && one !== null && one !== '') parameters.append(name, `${one}`);
  }
  const text = parameters.toString();
  return text ? `?${text}` : '';
}

/** How one field of an address is read and written. */
export type Field<T> = { read(values: string[]): T | undefined; write(value: T): string[] };

/** Words, one. */
export const text = (): Field<string> => ({ read: ([first]) => first, write: (value) => [value] });

/** Words, several. */
export const texts = (): Field<string[]> => ({
  read: (values) => (values.length > 0 ? values : undefined),
  write: (value) => value,
});

/** One of some words; others are not read. */
export const one = <T extends string>(words: readonly T[]): Field<T> => ({
  read: ([first]) => words.find((word) => word === first),
  write: (value) => [value],
});

/** Some of some words. */
export const some = <T extends string>(words: readonly T[]): Field<T[]> => ({
  read: (values) => {
    const known = words.filter((word) => values.includes(word));
    return known.length > 0 ? known : undefined;
  },
  write: (value) => value,
});

/** Yes, no, or not asked. */
export const flag = (): Field<boolean> => ({
  read: ([first]) => (first === 'true' ? true : first === 'false' ? false : undefined),
  write: (value) => [`${value}`],
});

/** A whole number. */
export const whole = (): Field<number> => ({
  read: ([first]) => (first && /^-?\d{1,15}$/.test(first) ? Number(first) : undefined),
  write: (value) => [`${value}`],
});

/** Whole numbers. */
export const wholes = (): Field<number[]> => ({
  read: (values) => {
    const numbers = values.filter((value) => /^\d{1,15}$/.test(value)).map(Number);
    return numbers.length > 0 ? numbers : undefined;
  },
  write: (value) => value.map(String),
});

export type Fields = Record<string, Field<never> | Field<unknown>>;
/** The values of fields, each of which may be missing. */
export type Values<F> = { [K in keyof F]?: F[K] extends Field<infer T> ? T : never };

/** Reads fields from an address. */
export function read<F>(fields: F, search: Search): Values<F> {
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields as Record<string, Field<unknown>>)) {
    const value = field.read([search[name] ?? []].flat());
    if (value !== undefined) values[name] = value;
  }
  return values as Values<F>;
}

/** Fields of the address, and how to change some of them. What is undefined is left out. */
export function useFields<F extends object>(fields: F): [Values<F>, (change: Values<F>) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const values = useMemo(() => read(fields, search), [fields, search]);
  const change = useCallback(
    (wanted: Values<F>) => {
      void navigate({
        to: '.',
        resetScroll: false,
        search: (before: Search) => {
          const next = { ...before };
          for (const [name, value] of Object.entries(wanted)) {
            const field = (fields as Record<string, Field<unknown>>)[name];
            const empty = value === undefined || (Array.isArray(value) && value.length === 0) || value === '';
            if (empty || !field) delete next[name];
            else next[name] = field.write(value);
          }
          return next;
        },
      } as never);
    },
    [fields, navigate],
  );
  return [values, change];
}
