// The columns of exports.
import { Tag, Tooltip } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { Status } from '@/parts/Status';
import type { Column } from '@/parts/table/columns';
import { Bytes, Count, Name, Time, Words } from '@/parts/Values';

type Export = Schemas['Export'];

/** The columns. */
export function useExportColumns(): Column<Export>[] {
  const { t } = useTranslation('exportlist');
  return useMemo(
    () => [
      { key: 'name', title: t('name'), width: 260, pinned: true, render: (row) => <Name of={row.name} strong /> },
      {
        key: 'subject',
        title: t('subject'),
        width: 150,
        render: (row) => t(`exports:subject_.${row.subject}`, { defaultValue: row.subject }),
      },
      {
        key: 'format',
        title: t('format'),
        width: 120,
        render: (row) => t(`exports:format_.${row.format}`, { defaultValue: row.format }),
      },
      { key: 'state', title: t('state'), width: 130, render: (row) => <State row={row} /> },
      {
        key: 'rows',
        title: t('rowCount'),
        width: 120,
        align: 'right',
        render: (row) => (
          <>
            <Count of={row.state === 'done' ? row.rows : undefined} /> {row.truncated && <Truncated />}
          </>
        ),
      },
      {
        key: 'size',
        title: t('size'),
        width: 100,
        align: 'right',
        render: (row) => <Bytes size={row.state === 'done' ? row.bytes : undefined} />,
      },
      { key: 'by', title: t('by'), width: 120, render: (row) => <Name of={row.created_by} /> },
      { key: 'created', title: t('created'), width: 124, render: (row) => <Time at={row.created} /> },
      { key: 'expires', title: t('expires'), width: 124, render: (row) => <Time at={row.expires} /> },
      { key: 'file', title: t('file'), width: 260, usual: false, render: (row) => <Name of={row.file_name} /> },
    ],
    [t],
  );
}

function Truncated() {
  const { t } = useTranslation('exportlist');
  return (
    <Tooltip title={t('truncatedHelp')}>
      <Tag>{t('truncated')}</Tag>
    </Tooltip>
  );
}

/** How far it is; what failed says why. */
function State({ row }: { row: Export }) {
  const { t } = useTranslation('exportlist');
  if (row.state !== 'failed') return <Status of={row.state} percent={row.progress} />;
  const why = row.message ?? (row.failure ? t(`failure.${row.failure}`) : undefined);
  return (
    <Tooltip title={why && <Words of={why} />}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: why it failed is read with the keyboard, too */}
      <span tabIndex={0}>
        <Status of="failed" />
      </span>
    </Tooltip>
  );
}
