// What a tab of an image keeps in the address: one field of its own, so that it does not mix with the filters of the list below.
import { useCallback, useMemo } from 'react';
import { type Field, parseSearch, read, type Search, stringifySearch, text, useFields, type Values } from '@/app/url';

/** What the address keeps about an image that is open. */
export const OPEN = { tab: text(), finding: text(), within: text() };

/** Fields as one text of the address. */
export function packed<F extends object>(fields: F, values: Values<F>): string | undefined {
  const search: Search = {};
  for (const [name, field] of Object.entries(fields as Record<string, Field<unknown>>)) {
    const value = (values as Record<string, unknown>)[name];
    if (value !== undefined && value !== '') search[name] = field.write(value);
  }
  return stringifySearch(search).slice(1) || undefined;
}

/** Fields of the tab that is open, and how to change some of them. */
export function useWithin<F extends object>(fields: F): [Values<F>, (change: Values<F>) => void] {
  const [{ within }, setOpen] = useFields(OPEN);
  const values = useMemo(() => read(fields, parseSearch(within ?? '')), [fields, within]);
  const change = useCallback(
    (wanted: Values<F>) => setOpen({ within: packed(fields, { ...values, ...wanted }) }),
    [fields, values, setOpen],
  );
  return [values, change];
}
