// The filters of the list of risks, as addresses hold them.
import { flag, one, some, text, type Values } from '@/app/url';
import { STATES } from '@/parts/image/findings';
import { KINDS } from '@/parts/images/filters';
import { SEVERITIES } from '@/parts/Severity';

export const SOURCES = ['local', 'registry', 'ci', 'archive'] as const;
export const SORTS = ['severity', 'images', 'containers', 'epss', 'first_seen'] as const;

/** What an address of the list holds. */
export const FIELDS = {
  kind: one(KINDS),
  source: some(SOURCES),
  severity: some(SEVERITIES),
  state: one(STATES),
  fixable: flag(),
  exploited: flag(),
  has_containers: flag(),
  search: text(),
  sort: one(SORTS),
};

export type Wanted = Values<typeof FIELDS>;
