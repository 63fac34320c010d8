// What changes on the server is told as it happens, and written into the lists that are on the screen.
import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { App as Messages } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { hear } from './running';

type Image = Schemas['Image'];
type Task = Schemas['Task'];
type Progress = Schemas['ImageProgress'];

/** How long to wait until a stream that was refused is asked for again. */
const AGAIN = 30_000;
/** Lists are asked for again at most that often. */
const CALM = 2_000;

type Rows<T> = { items: T[] };

/** Changes the rows of every kept list of a name. */
function patch<T>(client: QueryClient, name: string, change: (row: T) => T): void {
  client.setQueriesData<Rows<T> | InfiniteData<Rows<T>>>({ queryKey: [name, 'list'] }, (kept) => {
    if (!kept || !('items' in kept)) return kept;
    return { ...kept, items: kept.items.map(change) };
  });
}

function images(client: QueryClient, progress: Progress[]): boolean {
  const known = new Map(progress.map((image) => [image.id, image]));
  patch<Image>(client, 'images', (row) => {
    const told = known.get(row.id);
    return told ? { ...row, status: told.status, progress: told.percent } : row;
  });
  for (const { id, status, percent } of progress) {
    client.setQueryData<Schemas['ImageDetail']>(
      ['images', 'one', id],
      (kept) => kept && { ...kept, status, progress: percent },
    );
  }
  return progress.some((image) => image.status !== 'scanning' && image.status !== 'waiting');
}

/** What is asked for again when something else is known of engines. */
const ENGINES = ['images', 'containers', 'hosts', 'engines'];
/** What is asked for again when a task of a kind has ended. */
const FOLLOWS: Record<string, string[]> = {
  scan: ['images', 'risks', 'system'],
  adapter: ['images', 'risks'],
  judge: ['images', 'risks', 'advisories'],
  export: ['exports'],
  engines: ENGINES,
  advisories: ['advisories'],
  sync: ['images', 'registries'],
  notice: ['images', 'registries'],
  resolve: ['images'],
};

/** Listens while somebody looks, and tells what people should hear of. */
export function useStream(): void {
  const client = useQueryClient();
  const { notification } = Messages.useApp();
  const { i18n, t } = useTranslation();

  useEffect(() => {
    let source: EventSource | undefined;
    let later: number | undefined;
    const due = new Set<string>();
    let calm: number | undefined;

    const again = (names: string[]) => {
      for (const name of names) due.add(name);
      calm ??= window.setTimeout(() => {
        calm = undefined;
        for (const name of due) client.invalidateQueries({ queryKey: [name] });
        due.clear();
      }, CALM);
    };

    const heard = {
      task(message: { task: Task }) {
        hear(client, message.task);
        if (message.task.finished) again(['jobs', ...(FOLLOWS[message.task.kind] ?? [])]);
      },
      images(message: { images: Progress[] }) {
        if (images(client, message.images)) again(['images']);
      },
      engines() {
        again(ENGINES);
      },
      event(message: { event: Schemas['Event'] }) {
        again(['events']);
        const { event } = message;
        if (event.severity !== 'critical' && event.severity !== 'high') return;
        notification.warning({
          title: t('newEvent'),
          description: inLanguage(event.message, i18n.language),
          placement: 'bottomRight',
          key: 'event',
        });
      },
      reload() {
        client.invalidateQueries();
      },
    };

    const open = () => {
      source = new EventSource('/api/v1/stream');
      for (const [name, call] of Object.entries(heard)) {
        source.addEventListener(name, (event) => call(JSON.parse((event as MessageEvent<string>).data)));
      }
      source.onerror = () => {
        if (source?.readyState === EventSource.CLOSED) later = window.setTimeout(open, AGAIN);
      };
    };
    const close = () => {
      window.clearTimeout(later);
      source?.close();
      source = undefined;
    };
    const look = () => {
      if (document.hidden) return close();
      if (source) return;
      open();
      client.invalidateQueries();
    };

    open();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      window.clearTimeout(calm);
      close();
    };
  }, [client, notification, i18n, t]);
}
