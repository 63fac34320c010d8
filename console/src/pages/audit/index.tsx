// Who did what, and from where.
import { Descriptions, Drawer, Empty, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { text, useFields, type Values, whole } from '@/app/url';
import { PageHead } from '@/parts/PageHead';
import { Period } from '@/parts/Period';
import { SearchBox } from '@/parts/SearchBox';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { Name, Time, Words } from '@/parts/Values';
import { visible } from '@/parts/visible';
import { ACTIONS } from './actions';
import './style.css';

type Entry = Schemas['AuditEntry'];

const FIELDS = { actor: text(), action: text(), object: text(), since: whole(), until: whole() };
type Wanted = Values<typeof FIELDS>;

/** The page. */
export default function Audit() {
  const { t } = useTranslation('audit');
  const [wanted, change] = useFields(FIELDS);
  const [open, setOpen] = useState<Entry>();
  const columns = useColumns();
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} />
      <QueryTable<Entry>
        name="audit"
        queryKey={['audit', 'list', wanted]}
        load={(page) => data(api.GET('/api/v1/audit', { params: { query: { ...wanted, ...page } } }))}
        columns={columns}
        rowKey={(entry) => entry.id}
        open={setOpen}
        opened={open?.id}
        toolbar={<Filters wanted={wanted} change={change} />}
        empty={<Empty description={t('nothingFits')} />}
      />
      <Drawer
        open={open !== undefined}
        onClose={() => setOpen(undefined)}
        size="min(640px, 92vw)"
        title={open && <Action of={open.action} />}
      >
        {open && <Whole entry={open} />}
      </Drawer>
    </div>
  );
}

/** The filters above the list. */
function Filters({ wanted, change }: { wanted: Wanted; change: (wanted: Wanted) => void }) {
  const { t } = useTranslation('audit');
  const searched = (['actor', 'object'] as const).map((key) => ({ key, title: t(key), hint: t(`hint.${key}`) }));
  const { actor, object } = wanted;
  const groups = Object.entries(ACTIONS).map(([group, actions]) => ({
    value: `${group}.`,
    label: t(`group.${group}`),
    options: [
      { value: `${group}.`, label: t('allOf', { group: t(`group.${group}`) }) },
      ...actions.map((name) => ({ value: `${group}.${name}`, label: t(`action_.${group}.${name}`) })),
    ],
  }));
  return (
    <div className="filters">
      <SearchBox fields={searched} values={{ actor, object }} search={change} />
      <Select
        className="filter audit-action"
        value={wanted.action}
        placeholder={t('action')}
        aria-label={t('action')}
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        popupMatchSelectWidth={false}
        options={groups}
        onChange={(action?: string) => change({ action })}
      />
      <Period
        title={[t('since'), t('until')]}
        since={wanted.since}
        until={wanted.until}
        choose={(period) => change(period)}
      />
    </div>
  );
}

function useColumns(): Column<Entry>[] {
  const { t } = useTranslation('audit');
  return useMemo(
    () => [
      { key: 'at', title: t('at'), width: 190, pinned: true, render: (entry) => <Time at={entry.at} whole /> },
      { key: 'actor', title: t('actor'), width: 140, render: (entry) => <Name of={entry.actor} /> },
      { key: 'action', title: t('action'), width: 210, render: (entry) => <Action of={entry.action} /> },
      { key: 'object', title: t('object'), width: 160, render: (entry) => <Name of={entry.object} /> },
      { key: 'address', title: t('address'), width: 150, render: (entry) => <Name of={entry.address} /> },
      { key: 'detail', title: t('detail'), width: 320, render: (entry) => <Detail of={entry.detail} /> },
    ],
    [t],
  );
}

function Action({ of }: { of: string }) {
  const { t } = useTranslation('audit');
  return <>{t(`action_.${of}`, { defaultValue: of })}</>;
}

function Detail({ of }: { of: Entry['detail'] }) {
  if (Object.keys(of).length === 0) return <span className="quiet">—</span>;
  return (
    <code>
      <Name of={JSON.stringify(of)} />
    </code>
  );
}

/** All of an entry. */
function Whole({ entry }: { entry: Entry }) {
  const { t } = useTranslation('audit');
  const items = [
    { key: 'at', label: t('at'), children: <Time at={entry.at} whole /> },
    { key: 'actor', label: t('actor'), children: <Words of={entry.actor || '—'} /> },
    { key: 'code', label: t('code'), children: <code>{entry.action}</code> },
    { key: 'object', label: t('object'), children: <Words of={entry.object || '—'} /> },
    { key: 'address', label: t('address'), children: entry.address || '—' },
  ];
  return (
    <>
      <Descriptions size="small" column={1} items={items} />
      <h2 className="audit-detail">{t('detail')}</h2>
      <pre className="audit-json wrap">{visible(JSON.stringify(entry.detail, undefined, 2))}</pre>
    </>
  );
}
