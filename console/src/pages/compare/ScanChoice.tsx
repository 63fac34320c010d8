// Choosing one of the scans of an image.
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { full } from '@/parts/Values';

const MOST = 100;

type Choice = {
  name: string;
  image: number | undefined;
  chosen: number | undefined;
  choose: (id: number | undefined) => void;
};

/** The choice, the newest scan first. */
export function ScanChoice({ name, image, chosen, choose }: Choice) {
  const { t, i18n } = useTranslation('compare');
  const { data: scans, isFetching } = useQuery({
    queryKey: ['images', 'one', image, 'scans', MOST],
    queryFn: () => {
      const params = { path: { id: image ?? 0 }, query: { limit: MOST } };
      return data(api.GET('/api/v1/images/{id}/scans', { params }));
    },
    enabled: image !== undefined,
  });
  const items = scans?.items ?? [];
  const options = items.map(({ id, finished }) => ({ value: id, label: full(finished, i18n.language) }));
  if (chosen !== undefined && !items.some(({ id }) => id === chosen)) {
    options.unshift({ value: chosen, label: t('scanNumber', { number: chosen }) });
  }
  return (
    <Select
      className="scan-choice"
      value={chosen}
      allowClear
      aria-label={name}
      placeholder={t('chooseScan')}
      loading={isFetching}
      disabled={image === undefined && chosen === undefined}
      options={options}
      onChange={(id?: number) => choose(id)}
    />
  );
}
