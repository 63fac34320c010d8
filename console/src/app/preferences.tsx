// What the console remembers for a person: kept by the server, so that it is the same on every machine.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api, data } from '@/api/client';

/** How the columns of one table are shown. */
export type Columns = {
  /** The columns shown, in this order; the usual ones where it is missing. */
  shown?: string[];
  /** Widths in pixels of those that were drawn wider or narrower. */
  widths?: Record<string, number>;
};

export type Preferences = {
  pageSize?: number;
  tables?: Record<string, Columns>;
};

const KEY = ['preferences'];
/** How long to wait for the next change until all are sent. */
const CALM = 800;

let waiting: number | undefined;
let due: Preferences | undefined;

/** Sends what was changed, by a request that outlives the page: people leave right after a choice, too. */
function send(): void {
  window.clearTimeout(waiting);
  if (due) void api.PUT('/api/v1/me/preferences', { body: due as Record<string, never>, keepalive: true });
  due = undefined;
}

window.addEventListener('pagehide', send);

/** What is remembered, and how to remember more. */
export function usePreferences() {
  const client = useQueryClient();
  const { data: kept } = useQuery({
    queryKey: KEY,
    queryFn: () => data(api.GET('/api/v1/me/preferences')) as Promise<Preferences>,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const remember = useCallback(
    (change: (kept: Preferences) => Preferences) => {
      const next = change(client.getQueryData<Preferences>(KEY) ?? {});
      client.setQueryData(KEY, next);
      due = next;
      window.clearTimeout(waiting);
      waiting = window.setTimeout(send, CALM);
    },
    [client],
  );
  return { preferences: kept ?? {}, remember };
}
