// What the page of tasks holds in its address.
import type { Schemas } from '@/api/client';
import { one, text, type Values, whole } from '@/app/url';

export const TABS = ['all', 'scan', 'sync', 'export', 'other'] as const;
/** The kinds that have no tab of their own. */
export const OTHERS = ['judge', 'advisories', 'engines', 'adapter', 'resolve', 'notice'] as const;
export const STATUSES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export const CAUSES = ['person', 'schedule', 'push', 'backfill'] as const;

/** What the address holds. */
export const FIELDS = {
  tab: one(TABS),
  kind: one(OTHERS),
  status: one(STATUSES),
  cause: one(CAUSES),
  search: text(),
  since: whole(),
  until: whole(),
  task: whole(),
  jobs: one(STATUSES),
};

export type Wanted = Values<typeof FIELDS>;
export type Task = Schemas['Task'];

/** The kind of tasks that is asked for; none for all. */
export function kindOf({ tab = 'all', kind }: Wanted): string | undefined {
  if (tab === 'all') return undefined;
  return tab === 'other' ? (kind ?? OTHERS[0]) : tab;
}

/** How many of its jobs have not ended. */
export function open(task: Task): number {
  return Math.max(0, task.total - task.succeeded - task.failed - task.cancelled);
}
