// The numbers above a list of images, each of which is a filter.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import type { Card } from '@/parts/Cards';
import type { Wanted } from './filters';

type Summary = Schemas['InventorySummary'];

const EVERY: Schemas['ImageKind'][] = ['local', 'registry', 'ci', 'archive'];

/** Several summaries as one. */
function sum(summaries: Summary[]): Summary | undefined {
  return summaries.reduce<Summary | undefined>((before, next) => {
    if (!before) return next;
    const numbers = Object.keys(next).filter((key) => key !== 'last_scan') as Exclude<keyof Summary, 'last_scan'>[];
    const added = Object.fromEntries(numbers.map((key) => [key, before[key] + next[key]]));
    return { ...next, ...added, last_scan: Math.max(before.last_scan ?? 0, next.last_scan ?? 0) || undefined };
  }, undefined);
}

/** The numbers of all images of some kinds. */
export function useSummary(kinds: Schemas['ImageKind'][]) {
  // What all come to together is asked for at once.
  const sources = EVERY.every((kind) => kinds.includes(kind)) ? [undefined] : kinds;
  const ask = (source: Schemas['ImageKind'] | undefined) =>
    data(api.GET('/api/v1/images/summary', { params: { query: { source } } }));
  return useQuery({
    queryKey: ['images', 'summary', ...sources],
    queryFn: async () => sum(await Promise.all(sources.map(ask))),
  });
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The cards. */
export function useCards(kinds: Schemas['ImageKind'][], wanted: Wanted, change: (wanted: Wanted) => void): Card[] {
  const { t } = useTranslation('images');
  const { data: sums } = useSummary(kinds);
  const { sort, descending, ...filter } = wanted;
  const none = Object.fromEntries(Object.keys(filter).map((key) => [key, undefined])) as Wanted;
  const card = (key: string, value: number | undefined, sets: Wanted, tone: Card['tone'] = 'plain'): Card => ({
    key,
    title: t(`card.${key}`),
    help: t(`cardHelp.${key}`, { defaultValue: '' }) || undefined,
    value,
    tone,
    chosen: same(filter, sets),
    choose: () => change({ ...none, ...(same(filter, sets) ? {} : sets) }),
  });
  return [
    card('all', sums?.images, {}),
    card('critical', sums?.worst_critical, { risk: ['critical'] }, 'critical'),
    card('high', sums?.worst_high, { risk: ['high'] }, 'high'),
    card('focus', sums?.focus, { focus: true }, 'critical'),
    card('running', sums?.running, { running: true }),
    card('unscanned', sums?.unscanned, { status: ['unscanned'] }),
    card('failed', sums?.failed, { status: ['failed'] }, 'high'),
  ];
}
