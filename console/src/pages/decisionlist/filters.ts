// What the page of decisions holds in its address.
import type { Schemas } from '@/api/client';
import { flag, one, text, type Values, whole } from '@/app/url';

export const STATES = ['active', 'expired', 'revoked'] as const;
export const KINDS = ['vulnerabilities', 'malware', 'secrets', 'baseline', 'compliance', 'base-image'] as const;
export const ACTIONS = ['ignore', 'whitelist', 'false-positive', 'deferral'] as const;

/** What the address holds. */
export const FIELDS = {
  state: one(STATES),
  kind: one(KINDS),
  action: one(ACTIONS),
  search: text(),
  rule: text(),
  creator: text(),
  fingerprint: text(),
  decision: whole(),
  make: flag(),
};

export type Wanted = Values<typeof FIELDS>;
export type Decision = Schemas['Decision'];

/** What is asked for: the filter by itself. */
export function filterOf({ decision: _decision, make: _make, ...filter }: Wanted) {
  return filter;
}
