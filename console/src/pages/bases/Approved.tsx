// The base images that are approved.
import { Alert, App, Button, Empty, Input, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/app/session';
import { RefusedForm } from '@/parts/RefusedForm';
import { Count, Digest, Name } from '@/parts/Values';
import { ApproveDialog } from './ApproveDialog';
import { type Base, type BaseSet, useKeep, write } from './list';
import { TextDialog } from './TextDialog';

/** The list with what is done with it; who may not change it reads it. */
export function Approved({ set }: { set: BaseSet | undefined }) {
  const { t } = useTranslation('bases');
  const mayChange = useMay('administrator');
  const [search, setSearch] = useState('');
  const [approving, setApproving] = useState(false);
  const [writing, setWriting] = useState(false);
  const sought = search.trim().toLowerCase();
  const rows = (set?.bases ?? [])
    .map((base, at) => ({ ...base, at }))
    .filter((base) => base.name.toLowerCase().includes(sought));
  return (
    <>
      {set && !set.readable && <Alert type="warning" showIcon title={t('notReadable')} className="form-alert" />}
      <section className="list">
        <div className="list-tools">
          <div className="filters">
            <Input.Search
              value={search}
              allowClear
              placeholder={t('search')}
              aria-label={t('search')}
              className="search-box"
              onChange={(event) => setSearch(event.target.value)}
            />
            <span className="grow" />
            {mayChange && (
              <>
                <Button onClick={() => setWriting(true)}>{t('asText')}</Button>
                <Button type="primary" disabled={!set?.readable} onClick={() => setApproving(true)}>
                  {t('approve')}
                </Button>
              </>
            )}
          </div>
        </div>
        <Rows set={set} rows={rows} mayChange={mayChange} found={sought === ''} />
      </section>
      <ApproveDialog set={set} open={approving} close={() => setApproving(false)} />
      <TextDialog set={set} open={writing} close={() => setWriting(false)} />
    </>
  );
}

type Row = Base & { at: number };
type Shown = { set: BaseSet | undefined; rows: Row[]; mayChange: boolean; found: boolean };

function Rows({ set, rows, mayChange, found }: Shown) {
  const { t } = useTranslation('bases');
  const { modal } = App.useApp();
  const keep = useKeep();
  const version = set?.version ?? 0;
  const remove = (row: Row) => {
    const content = write((set?.bases ?? []).filter((_, at) => at !== row.at));
    modal.confirm({
      title: t('removeTitle', { name: row.name }),
      content: t(set?.bases.length === 1 ? 'removeLast' : 'removeHelp'),
      okText: t('remove'),
      onOk: () =>
        keep.mutateAsync({ content, version, remark: t('removeRemark', { name: row.name }) }).catch(() => undefined),
    });
  };
  return (
    <>
      {keep.error && <RefusedForm error={keep.error} />}
      <Table<Row>
        size="small"
        tableLayout="fixed"
        rowKey="at"
        loading={!set}
        dataSource={rows}
        scroll={{ x: 860 }}
        pagination={{ defaultPageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
        locale={{
          emptyText: <Empty description={<span className="empty">{t(found ? 'noBase' : 'nothingFits')}</span>} />,
        }}
        columns={[
          { key: 'name', title: t('column.name'), width: 300, render: (_, row) => <Name of={row.name} strong /> },
          { key: 'platform', title: t('column.platform'), width: 140, render: (_, row) => <Name of={row.platform} /> },
          { key: 'digest', title: t('column.digest'), width: 180, render: (_, row) => <Digest of={row.digest} /> },
          {
            key: 'layers',
            title: t('column.layers'),
            width: 90,
            align: 'right',
            render: (_, row) => <Count of={row.layers.length} />,
          },
          {
            key: 'top',
            title: t('column.top'),
            width: 180,
            render: (_, row) => <Digest of={row.layers.at(-1)} />,
          },
          ...(mayChange
            ? [
                {
                  key: 'actions',
                  title: t('operations'),
                  width: 100,
                  render: (_: unknown, row: Row) => (
                    <Button type="link" size="small" onClick={() => remove(row)}>
                      {t('remove')}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
    </>
  );
}
