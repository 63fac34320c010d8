// What the rules of one kind were before.
import { Button, Empty } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { useAct } from '@/parts/act';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { Bytes, Count, Name, Time } from '@/parts/Values';
import type { KINDS, Kind } from './kinds';
import { useTellChanged } from './useRules';
import { VersionDrawer } from './VersionDrawer';

type Version = Schemas['RuleVersion'];
type List = {
  kind: (typeof KINDS)[number];
  /** The version that holds. */
  holding: number;
  /** The version that is open. */
  open: number | undefined;
  choose: (version: number | undefined) => void;
};

/** The list. */
export function Versions({ kind, holding, open, choose }: List) {
  const { t } = useTranslation('rules');
  const mayChange = useMay('administrator');
  const columns = useColumns(holding);
  const restore = useRestore(kind);
  const question = (version: number) => ({
    title: t('restoreTitle', { version }),
    content: t('saveHelp', { checks: t(`concerns.${kind}`) }),
    okText: t('restore'),
  });
  return (
    <>
      <QueryTable<Version>
        name="rules.versions"
        queryKey={['rules', 'list', kind]}
        load={(query) => data(api.GET('/api/v1/rules/{kind}/versions', { params: { path: { kind }, query } }))}
        columns={columns}
        rowKey={(row) => row.version}
        open={(row) => choose(row.version)}
        opened={open}
        actions={
          mayChange
            ? (row) =>
                row.version !== holding && (
                  <Button
                    type="link"
                    size="small"
                    loading={restore.isPending && restore.what === row.version}
                    onClick={() => restore.ask(row.version, question(row.version))}
                  >
                    {t('restore')}
                  </Button>
                )
            : undefined
        }
        actionsTitle={t('operations')}
        empty={<Empty description={t('noVersions')} />}
      />
      <VersionDrawer kind={kind} version={open} close={() => choose(undefined)} />
    </>
  );
}

function useColumns(holding: number): Column<Version>[] {
  const { t } = useTranslation('rules');
  return useMemo(
    () => [
      {
        key: 'version',
        title: t('version'),
        width: 130,
        pinned: true,
        render: (row) => (
          <>
            {row.version} {row.version === holding && <span className="tone-good">{t('holds')}</span>}
          </>
        ),
      },
      { key: 'created', title: t('created'), width: 130, render: (row) => <Time at={row.created} /> },
      { key: 'by', title: t('by'), width: 140, render: (row) => <Name of={row.created_by} /> },
      { key: 'entries', title: t('entries'), width: 100, align: 'right', render: (row) => <Count of={row.entries} /> },
      { key: 'bytes', title: t('size'), width: 100, align: 'right', render: (row) => <Bytes size={row.bytes} /> },
      { key: 'remark', title: t('remark'), width: 360, render: (row) => <Name of={row.remark} /> },
    ],
    [t, holding],
  );
}

/** Letting an older version hold again. */
function useRestore(kind: Kind) {
  const tell = useTellChanged();
  return useAct(
    (version: number) =>
      data(api.POST('/api/v1/rules/{kind}/versions/{version}/restore', { params: { path: { kind, version } } })),
    { changes: ['rules'], done: tell },
  );
}
