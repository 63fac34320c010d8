// The lists of images that have what the list of risks shows, filtered as far as they can be.
import { RISKS } from '@/parts/images/filters';
import { LISTS } from '@/parts/images/lists';
import type { SOURCES, Wanted } from './fields';

type Source = (typeof SOURCES)[number];

export type ImagesOf = { path: string; sources: Source[]; search: Record<string, unknown> };

/** An id that images are searched by; of any other text, a risk has only a part. */
const WHOLE_ID = /^(CVE-\d{4}-\d{4,}|GHSA(-\w{4}){3})$/i;

/** The search that lists of images know, too. */
export function vulnerabilityOf({ kind, search }: Wanted): string | undefined {
  const isId = (kind ?? 'vulnerabilities') === 'vulnerabilities' && WHOLE_ID.test(search ?? '');
  return isId ? search : undefined;
}

/** How risky an image is at least that has such a risk: its worst may be another one. */
function riskOf({ severity }: Wanted) {
  const lowest = Math.max(-1, ...(severity ?? []).map((word) => RISKS.indexOf(word)));
  return lowest < 0 || lowest >= RISKS.indexOf('unknown') ? undefined : RISKS.slice(0, lowest + 1);
}

/** The lists. */
export function imagesOf(wanted: Wanted): ImagesOf[] {
  const { kind = 'vulnerabilities', fixable, exploited, has_containers } = wanted;
  const filter = { has: kind, fixable, exploited, has_containers, risk: riskOf(wanted) };
  return LISTS.map(({ path, sources }) => {
    const kept = sources.filter((source) => wanted.source?.includes(source) ?? true);
    const some = kept.length < sources.length ? kept : undefined;
    return { path, sources: kept, search: { ...filter, vulnerability: vulnerabilityOf(wanted), kind: some } };
  }).filter(({ sources }) => sources.length > 0);
}
