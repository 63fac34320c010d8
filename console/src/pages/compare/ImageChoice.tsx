// Choosing one image by a part of its name.
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { visible } from '@/parts/visible';

const MOST = 30;

type Choice = { name: string; chosen: number | undefined; choose: (id: number | undefined) => void };

/** The choice; the server searches. */
export function ImageChoice({ name, chosen, choose }: Choice) {
  const { t } = useTranslation('compare');
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const sought = useDeferredValue(search.trim());
  const { data: found, isFetching } = useQuery({
    queryKey: ['images', 'choice', sought],
    queryFn: () => {
      const query = { search: sought || undefined, limit: MOST, sort: 'name' } as const;
      return data(api.GET('/api/v1/images', { params: { query } }));
    },
    enabled: open,
  });
  const { data: image } = useQuery({
    queryKey: ['images', 'one', chosen],
    queryFn: () => data(api.GET('/api/v1/images/{id}', { params: { path: { id: chosen ?? 0 } } })),
    enabled: chosen !== undefined,
  });
  const known = found?.items ?? [];
  const shown = image && !known.some(({ id }) => id === image.id) ? [image, ...known] : known;
  return (
    <Select
      className="image-choice"
      value={chosen}
      allowClear
      aria-label={name}
      placeholder={t('chooseImage')}
      loading={isFetching}
      showSearch={{ filterOption: false, searchValue: search, onSearch: setSearch }}
      onOpenChange={setOpen}
      notFoundContent={isFetching ? t('searching') : t('noImage')}
      options={shown.map(({ id, name: label, platform }) => ({
        value: id,
        label: <bdi title={label}>{visible([label, platform].filter(Boolean).join(' · '))}</bdi>,
      }))}
      onChange={(id?: number) => {
        setSearch('');
        choose(id);
      }}
    />
  );
}
