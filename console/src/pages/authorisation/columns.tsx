// What the ledger shows of each entry.
import { Tag } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import type { Column } from '@/parts/table/columns';
import { Count, Digest, ImageName, Name, Time } from '@/parts/Values';

type Entry = Schemas['AuthorisationEntry'];

const SIGNS: Record<string, string> = { '1': '+1', '-1': '−1', '0': '0' };

/** The columns. */
export function useLedgerColumns(): Column<Entry>[] {
  const { t } = useTranslation('authorisation');
  return useMemo(
    () => [
      { key: 'at', title: t('column.at'), width: 190, pinned: true, render: (entry) => <Time at={entry.at} whole /> },
      { key: 'image', title: t('column.image'), width: 360, render: (entry) => <ImageName of={entry.image} /> },
      { key: 'image_id', title: t('column.imageId'), width: 150, render: (entry) => <Digest of={entry.image_id} /> },
      {
        key: 'cause',
        title: t('column.cause'),
        width: 220,
        render: (entry) => <Name of={t(`cause.${entry.cause}`, { defaultValue: entry.cause })} />,
      },
      { key: 'actor', title: t('column.actor'), width: 140, render: (entry) => <Name of={entry.actor} /> },
      {
        key: 'change',
        title: t('column.change'),
        help: t('column.changeHelp'),
        width: 90,
        align: 'right',
        render: (entry) => <Tag className="number">{SIGNS[`${entry.change}`] ?? entry.change}</Tag>,
      },
      {
        key: 'balance',
        title: t('column.balance'),
        width: 110,
        align: 'right',
        render: (entry) => <Count of={entry.balance} />,
      },
    ],
    [t],
  );
}
