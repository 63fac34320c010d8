// What can be asked of the findings of an image, and how one is picked and decided about.
import type { Schemas } from '@/api/client';
import { flag, one, some, text, type Values, whole } from '@/app/url';
import type { Subject } from '@/parts/decisions/DecisionDialog';
import { SEVERITIES } from '@/parts/Severity';

export type ImageFinding = Schemas['ImageFinding'];
export type FindingKind = Schemas['FindingKind'];

export const SORTS = ['severity', 'risk', 'package', 'path', 'first_seen'] as const;
export const STATES = ['open', 'handled'] as const;

/** The filters of a tab of findings. */
export const FIELDS = {
  severity: some(SEVERITIES),
  state: one(STATES),
  fixable: flag(),
  exploited: flag(),
  from_base: flag(),
  layer: whole(),
  search: text(),
  sort: one(SORTS),
  descending: flag(),
};

export type Wanted = Values<typeof FIELDS>;

const DIGITS = 13;

/** A finding as a number, by which tables pick it: the first 52 bits of its fingerprint. */
export function numberOf(fingerprint: string): number {
  return Number.parseInt(fingerprint.slice(0, DIGITS), 16);
}

/** One finding, as a decision is about it. */
export function subjectOf({ kind, rule, fingerprint }: ImageFinding): Subject {
  return { kind, rule, fingerprint, package: '', path: '' };
}

/** What a finding is called where it is decided about. */
export function called({ rule, package: of, path }: ImageFinding): string {
  return [rule, of, path].filter(Boolean).join(' · ');
}
