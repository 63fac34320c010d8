// Picking images for a scan or a schedule: those that fit a search on the left, those that are picked on the right.
import { useQueries, useQuery } from '@tanstack/react-query';
import { Button, Checkbox, Empty, Input, Spin } from 'antd';
import { type MouseEvent, useDeferredValue, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { Name } from '@/parts/Values';
import type { Image } from './columns';
import type { Filter } from './filters';

const MOST = 100;

/** So many are asked for at once by their ids. */
const AT_ONCE = 50;

/** The names of images: those that were picked before are asked for, others come to it as they are listed. */
function useNames(picked: number[]) {
  const names = useRef(new Map<number, string>());
  const [before] = useState(picked);
  const parts = Array.from({ length: Math.ceil(before.length / AT_ONCE) }, (_, at) =>
    before.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
  useQueries({
    queries: parts.map((id) => ({
      queryKey: ['images', 'named', id],
      queryFn: async () => {
        const page = await data(api.GET('/api/v1/images', { params: { query: { id, limit: AT_ONCE } } }));
        for (const image of page.items) names.current.set(image.id, image.name);
        return page.items.length;
      },
    })),
  });
  return names;
}

type Picking = { filter: Filter; picked: number[]; pick: (ids: number[]) => void };

/** The two lists. With the shift key held, everything between two clicks is taken. */
export function ImagePicker({ filter, picked, pick }: Picking) {
  const { t } = useTranslation('images');
  const [search, setSearch] = useState('');
  const sought = useDeferredValue(search);
  const names = useNames(picked);
  const last = useRef<number>(undefined);
  const { data: found, isFetching } = useQuery({
    queryKey: ['images', 'pick', filter, sought],
    queryFn: async () => {
      const query = { ...filter, search: sought || undefined, limit: MOST, sort: 'name' } as const;
      const page = await data(api.GET('/api/v1/images', { params: { query } }));
      for (const image of page.items) names.current.set(image.id, image.name);
      return page.items;
    },
  });
  const images = found ?? [];

  const toggle = (at: number, wanted: boolean, event: MouseEvent) => {
    const from = event.shiftKey && last.current !== undefined ? last.current : at;
    const ids = images.slice(Math.min(from, at), Math.max(from, at) + 1).map((image) => image.id);
    last.current = at;
    pick(wanted ? [...new Set([...picked, ...ids])] : picked.filter((id) => !ids.includes(id)));
  };
  return (
    <div className="picker">
      <section aria-label={t('pickFrom')}>
        <Input.Search
          value={search}
          allowClear
          placeholder={t('hint.search')}
          aria-label={t('hint.search')}
          onChange={(event) => setSearch(event.target.value)}
          loading={isFetching}
        />
        <ul>
          {images.map((image: Image, at) => (
            <li key={image.id}>
              <Checkbox
                checked={picked.includes(image.id)}
                onClick={(event) => toggle(at, !picked.includes(image.id), event)}
              >
                <Name of={image.name} />
              </Checkbox>
            </li>
          ))}
          {images.length === 0 && <li>{isFetching ? <Spin /> : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} />}</li>}
        </ul>
        <p className="quiet">{t('pickHelp', { count: MOST })}</p>
      </section>
      <section aria-label={t('pickedImages')}>
        <div className="picker-head">
          {t('pickedCount', { count: picked.length })}
          <Button type="link" size="small" disabled={picked.length === 0} onClick={() => pick([])}>
            {t('clear')}
          </Button>
        </div>
        <ul>
          {picked.map((id) => (
            <li key={id}>
              <Name of={names.current.get(id) ?? `#${id}`} />
              <Button
                type="text"
                size="small"
                aria-label={t('takeOut')}
                onClick={() => pick(picked.filter((other) => other !== id))}
              >
                ×
              </Button>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
