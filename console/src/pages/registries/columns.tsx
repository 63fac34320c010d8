// What the list of registries shows of each.
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { useKindTitle } from '@/parts/sync/registries';
import type { Column } from '@/parts/table/columns';
import { Count, Name, Time } from '@/parts/Values';
import { Health } from './Health';

export type Registry = Schemas['Registry'];

/** The columns. */
export function useRegistryColumns(): Column<Registry>[] {
  const { t, i18n } = useTranslation('registries');
  const kindTitle = useKindTitle();
  return useMemo(() => {
    const number = new Intl.NumberFormat(i18n.language);
    const rate = (perHour: number | null | undefined) =>
      perHour ? t('rate:perHour', { rate: number.format(perHour) }) : t('unlimited');
    return [
      {
        key: 'name',
        title: t('column.name'),
        width: 180,
        pinned: true,
        render: (registry) => <Name of={registry.name} strong />,
      },
      {
        key: 'kind',
        title: t('column.kind'),
        width: 150,
        render: (registry) => <Name of={kindTitle(registry.kind)} />,
      },
      {
        key: 'address',
        title: t('column.address'),
        width: 210,
        render: (registry) => <Name of={registry.settings.address || registry.settings.region} />,
      },
      { key: 'health', title: t('column.health'), width: 128, render: (registry) => <Health registry={registry} /> },
      { key: 'images', title: t('column.images'), width: 80, align: 'right', render: imagesOf },
      {
        key: 'synced',
        title: t('column.synced'),
        help: t('column.syncedHelp'),
        width: 120,
        render: (registry) => <Time at={registry.synced} />,
      },
      {
        key: 'nightly',
        title: t('column.nightly'),
        help: t('column.nightlyHelp'),
        width: 112,
        render: ({ settings }) =>
          t(settings.nightly === false ? 'off' : settings.incremental ? 'incremental' : 'whole'),
      },
      {
        key: 'rate',
        title: t('column.rate'),
        help: t('column.rateHelp'),
        width: 120,
        render: ({ settings }) => rate(settings.images_per_hour),
      },
      {
        key: 'notices',
        title: t('column.notices'),
        help: t('column.noticesHelp'),
        width: 100,
        render: (registry) => t(registry.has_notices ? 'on' : 'off'),
      },
      {
        key: 'scan_new',
        title: t('column.scanNew'),
        width: 120,
        usual: false,
        render: ({ settings }) => t(settings.scan_new ? 'yes' : 'no'),
      },
      {
        key: 'checked',
        title: t('column.checked'),
        width: 130,
        usual: false,
        render: (registry) => <Time at={registry.checked} />,
      },
      {
        key: 'created',
        title: t('column.created'),
        width: 130,
        usual: false,
        render: (registry) => <Time at={registry.created} />,
      },
    ];
  }, [t, i18n.language, kindTitle]);
}

const imagesOf = (registry: Registry) => (
  <Link to={'/images/registry' as '/'} search={{ registry: `${registry.id}` }}>
    <Count of={registry.images} />
  </Link>
);
