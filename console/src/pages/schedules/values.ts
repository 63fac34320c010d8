// What the form of a schedule holds, and what is sent of it.
import dayjs, { type Dayjs } from 'dayjs';
import type { Schemas } from '@/api/client';
import { ownZone } from '@/parts/clock/ZoneSelect';
import type { Filter } from '@/parts/images/filters';
import { ALWAYS, OPTIONAL } from '@/parts/images/ScanDialog';
import type { Schedule } from './columns';

/** Where the images of a new schedule are, before anybody chose. */
export const MAKE = ['all', 'local', 'registry'] as const;
/** Every so many days. */
export const DAYS = [1, 3, 7, 14, 15, 30];
/** Which images are scanned. */
export const SCOPES = ['all', 'filter', 'picked'] as const;

type Target = Schemas['ScheduleTarget'];

export type Values = {
  name: string;
  enabled: boolean;
  rhythm: { type: 'days' | 'cron'; every?: number; at?: string; first?: Dayjs | null; expression?: string };
  window: Schemas['ScheduleWindow'];
  zone: string;
  targets: Target[];
  checks: Schemas['Check'][];
  scope: (typeof SCOPES)[number];
  filter?: Filter;
  images?: number[];
  leaves_out: boolean;
  exclude?: number[];
  only_latest: boolean;
  only_running: boolean;
  updated_days?: number | null;
  per_hour?: number | null;
  parallel?: number | null;
};

/** A schedule before anything is said. */
export function initial(make: (typeof MAKE)[number]): Values {
  return {
    name: '',
    enabled: true,
    rhythm: { type: 'days', every: 1, at: '00:00' },
    window: { from: '00:00', to: '07:00' },
    zone: ownZone(),
    targets: make === 'all' ? ['local', 'registry'] : [make],
    checks: OPTIONAL,
    scope: 'all',
    leaves_out: false,
    only_latest: false,
    only_running: false,
  };
}

/** A schedule as the form shows it. */
export function valuesOf(schedule: Schedule): Values {
  const { rhythm, filter, images, exclude } = schedule;
  const picked = (images?.length ?? 0) > 0;
  const said = Object.fromEntries(Object.entries(filter).filter(([, value]) => !isEmpty(value))) as Filter;
  const first = rhythm.type === 'days' && rhythm.first ? dayjs(rhythm.first) : undefined;
  return {
    ...schedule,
    rhythm: rhythm.type === 'days' ? { ...rhythm, at: rhythm.at ?? undefined, first } : rhythm,
    checks: OPTIONAL.filter((check) => schedule.checks.length === 0 || schedule.checks.includes(check)),
    scope: picked ? 'picked' : Object.keys(said).length > 0 ? 'filter' : 'all',
    filter: said,
    images: images ?? [],
    leaves_out: (exclude?.length ?? 0) > 0,
    exclude: exclude ?? [],
  };
}

/** Whether a field of a filter says nothing. */
export const isEmpty = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

function rhythmOf({ type, every, at, first, expression }: Values['rhythm']): Schemas['ScheduleRhythm'] {
  if (type === 'cron') return { type, expression: expression?.trim() ?? '' };
  return { type, every: every ?? 1, at, first: first?.format('YYYY-MM-DD') };
}

/** The filter that is sent: what the form shows, and of the one before what it does not show. */
function filterOf(values: Values, before: Schedule | undefined): Filter {
  if (values.scope !== 'filter') return {};
  const all = { ...before?.filter, ...values.filter };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => !isEmpty(value))) as Filter;
}

/** The images that are left out. */
export function leftOut(values: Partial<Values>): number[] {
  return values.scope !== 'picked' && values.leaves_out ? (values.exclude ?? []) : [];
}

/** What is sent. */
export function bodyOf(values: Values, before: Schedule | undefined): Schemas['NewSchedule'] {
  return {
    name: values.name.trim(),
    enabled: values.enabled,
    rhythm: rhythmOf(values.rhythm),
    window: values.window,
    zone: values.zone,
    targets: values.targets,
    checks: values.checks.length === OPTIONAL.length ? [] : [...values.checks, ...ALWAYS],
    filter: filterOf(values, before),
    images: values.scope === 'picked' ? (values.images ?? []) : [],
    exclude: leftOut(values),
    only_latest: values.only_latest,
    only_running: values.only_running,
    updated_days: values.updated_days ?? 0,
    per_hour: values.per_hour ?? 0,
    parallel: values.parallel ?? 0,
  };
}

/** The images that would be scanned now, as a filter; how long ago they were updated is not told by one. */
export function fitting(values: Partial<Values>): Filter {
  return {
    ...(values.scope === 'filter' ? values.filter : {}),
    kind: values.targets ?? [],
    ...(values.only_latest ? { latest: true } : {}),
    ...(values.only_running ? { running: true } : {}),
  };
}
