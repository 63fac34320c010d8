// The filters of image lists, as addresses hold them and as the interface takes them.
import type { Schemas } from '@/api/client';
import { flag, one, some, text, texts, type Values, whole, wholes } from '@/app/url';

/** A filter, as requests name it. */
export type Filter = { [Field in keyof Schemas['ImageFilter']]?: NonNullable<Schemas['ImageFilter'][Field]> };

export const STATUSES = ['unscanned', 'waiting', 'scanning', 'scanned', 'failed', 'cancelled'] as const;
export const RISKS = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown', 'none'] as const;
export const KINDS = ['vulnerabilities', 'malware', 'secrets', 'baseline', 'compliance', 'base-image'] as const;
export const SORTS = [
  'risk',
  'name',
  'size',
  'built',
  'scanned',
  'added',
  'seen',
  'containers',
  'hosts',
  'components',
] as const;

/** Where images are from that a list has more than one kind of. */
export const HANDED_IN = ['ci', 'archive'] as const;

/** What an address of an image list holds. */
export const FIELDS = {
  kind: some(HANDED_IN),
  status: some(STATUSES),
  risk: some(RISKS),
  has: some(KINDS),
  focus: flag(),
  latest: flag(),
  running: flag(),
  has_containers: flag(),
  authorised: flag(),
  fixable: flag(),
  exploited: flag(),
  has_gaps: flag(),
  multiple: flag(),
  shared: flag(),
  gone: flag(),
  search: text(),
  name: text(),
  repository: text(),
  tag: text(),
  digest: text(),
  container: text(),
  pod: text(),
  host_name: text(),
  host: whole(),
  engine: whole(),
  vulnerability: text(),
  rule: text(),
  component: text(),
  component_version: text(),
  distribution: text(),
  platform: text(),
  namespace: text(),
  registry: wholes(),
  registry_kind: texts(),
  registry_name: text(),
  project: whole(),
  scanned_since: whole(),
  scanned_until: whole(),
  built_since: whole(),
  built_until: whole(),
  pushed_since: whole(),
  pushed_until: whole(),
  sort: one(SORTS),
  descending: flag(),
};

export type Wanted = Values<typeof FIELDS>;

/** What a list asks for: the filter by itself. */
export function filterOf({ sort: _sort, descending: _descending, ...filter }: Wanted): Filter {
  return filter;
}
