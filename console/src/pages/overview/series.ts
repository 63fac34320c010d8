// The lines of the course: which numbers of a day, in which colour.
import type { Schemas } from '@/api/client';

type Line = { key: Exclude<keyof Schemas['Day'], 'day'>; word: string; color: string };

/** The lines of each choice. */
export const SERIES: Record<'images' | 'severities' | 'kinds', Line[]> = {
  images: [
    { key: 'images', word: 'figure.images', color: 'var(--low)' },
    { key: 'scanned', word: 'status.scanned', color: 'var(--good)' },
    { key: 'risky', word: 'figure.risky', color: 'var(--high)' },
  ],
  severities: [
    { key: 'critical', word: 'severity.critical', color: 'var(--critical)' },
    { key: 'high', word: 'severity.high', color: 'var(--high)' },
    { key: 'medium', word: 'severity.medium', color: 'var(--medium)' },
    { key: 'low', word: 'severity.low', color: 'var(--low)' },
  ],
  kinds: [
    { key: 'malware', word: 'kind.malware', color: 'var(--critical)' },
    { key: 'secrets', word: 'kind.secrets', color: 'var(--high)' },
    { key: 'baseline', word: 'kind.baseline', color: 'var(--medium)' },
    { key: 'compliance', word: 'kind.compliance', color: 'var(--low)' },
  ],
};
