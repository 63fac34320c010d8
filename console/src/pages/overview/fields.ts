// What the overview holds in its address.
import type { Schemas } from '@/api/client';
import { one, type Values } from '@/app/url';

export const SOURCES = ['local', 'registry', 'ci', 'archive'] as const;
export const LATEST = ['focus', 'events'] as const;
export const TRENDS = ['images', 'severities', 'kinds'] as const;
export const SPANS = ['7', '30', '90'] as const;

/** What the address holds. */
export const FIELDS = { source: one(SOURCES), latest: one(LATEST), trend: one(TRENDS), days: one(SPANS) };

export type Wanted = Values<typeof FIELDS>;
export type Sums = Schemas['InventorySummary'];
