// The list of approved base images: rules of the kind `bases`, which are JSON as `lazaret base` keeps it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';

/** An approved base image: known by the diff ids of its layers, the lowest first. */
export type Base = { name: string; digest?: string | null; platform?: string | null; layers: string[] };

/** The list in a version; `readable` tells whether it could be taken apart. */
export type BaseSet = { version: number; content: string; bases: Base[]; readable: boolean };

/** The shape of the file. */
const SHAPE = 1;

const isBase = (value: unknown): value is Base =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Base).name === 'string' &&
  Array.isArray((value as Base).layers);

/** The base images of a text; nothing where it is no such list. */
export function parse(content: string): Base[] | undefined {
  if (content.trim() === '') return [];
  try {
    const { version, bases } = JSON.parse(content) as { version?: unknown; bases?: unknown };
    return version === SHAPE && Array.isArray(bases) && bases.every(isBase) ? bases : undefined;
  } catch {
    return undefined;
  }
}

/** The text of base images. */
export function write(bases: Base[]): string {
  return bases.length === 0 ? '' : `${JSON.stringify({ version: SHAPE, bases }, null, 2)}\n`;
}

/** The list with more on it: the last one of a name and platform counts as the newest. */
export function withMore(bases: Base[], more: Base[]): Base[] {
  const key = (base: Base) => JSON.stringify([base.name, base.layers]);
  const added = new Set(more.map(key));
  return [...bases.filter((base) => !added.has(key(base))), ...more];
}

/** The list that holds. */
export function useBases() {
  return useQuery({
    queryKey: ['rules', 'one', 'bases'],
    queryFn: async (): Promise<BaseSet> => {
      const { version, content } = await data(api.GET('/api/v1/rules/{kind}', { params: { path: { kind: 'bases' } } }));
      const bases = parse(content);
      return { version, content, bases: bases ?? [], readable: bases !== undefined };
    },
  });
}

/** Another list, why, and the version that it was made from. */
export type Kept = { content: string; remark: string; version: number };

/** Keeps another list, unless somebody else did so in the meantime. */
export function useKeep(done?: () => void) {
  const { t } = useTranslation('bases');
  const { message } = App.useApp();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ content, remark, version }: Kept) =>
      data(
        api.PUT('/api/v1/rules/{kind}', {
          params: { path: { kind: 'bases' }, header: { 'if-match': `"${version}"` } },
          body: { content, remark },
        }),
      ),
    onSuccess: (changed) => {
      message.success(t('kept', { count: changed.tasks.length }));
      for (const name of ['rules', 'risks', 'tasks']) void client.invalidateQueries({ queryKey: [name] });
      done?.();
    },
    onError: () => client.invalidateQueries({ queryKey: ['rules'] }),
  });
}
