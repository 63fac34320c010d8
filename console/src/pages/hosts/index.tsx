// The machines that run containers, and the engines on them.
import { Empty, Segmented } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { one, text, useFields, whole } from '@/app/url';
import { RefreshButton } from '@/parts/engines/RefreshButton';
import { PageHead } from '@/parts/PageHead';
import { SearchBox } from '@/parts/SearchBox';
import { QueryTable } from '@/parts/table/QueryTable';
import { type Host, useEngineColumns, useHostColumns } from './columns';
import { Engines } from './Engines';

const VIEWS = ['hosts', 'engines'] as const;
const FIELDS = { view: one(VIEWS), search: text(), host: whole() };

/** The page. */
export default function Hosts() {
  const { t } = useTranslation('hosts');
  const mayRefresh = useMay('operator');
  const [wanted, change] = useFields(FIELDS);
  const view = wanted.view ?? 'hosts';
  const views = (
    <Segmented
      value={view}
      aria-label={t('view')}
      options={VIEWS.map((value) => ({ value, label: t(`view_.${value}`) }))}
      onChange={(next) => change({ view: next === 'hosts' ? undefined : next, search: undefined, host: undefined })}
    />
  );
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} actions={mayRefresh && <RefreshButton />} />
      {view === 'hosts' ? <HostList views={views} /> : <EngineList views={views} />}
    </div>
  );
}

/** The hosts; each opens to its engines. */
function HostList({ views }: { views: ReactNode }) {
  const { t } = useTranslation('hosts');
  const [wanted, change] = useFields(FIELDS);
  const filter = { search: wanted.search };
  const mayRefresh = useMay('operator');
  return (
    <QueryTable<Host>
      name="hosts"
      queryKey={['hosts', 'list', filter]}
      load={(page) => data(api.GET('/api/v1/hosts', { params: { query: { ...filter, ...page } } }))}
      columns={useHostColumns()}
      rowKey={(host) => host.id}
      toolbar={
        <div className="filters">
          {views}
          <SearchBox
            fields={[{ key: 'search', title: t('searched') }]}
            values={{ search: wanted.search }}
            search={change}
          />
        </div>
      }
      open={(host) => change({ host: host.id === wanted.host ? undefined : host.id })}
      opened={wanted.host}
      expandable={{
        expandedRowKeys: wanted.host === undefined ? [] : [wanted.host],
        onExpand: (open, host) => change({ host: open ? host.id : undefined }),
        expandedRowRender: (host) => <Engines host={host.id} />,
        columnWidth: 36,
        fixed: true,
      }}
      empty={
        wanted.search ? (
          <Empty description={t('nothingFits')} />
        ) : (
          <Empty description={<span className="empty">{t('empty')}</span>}>{mayRefresh && <RefreshButton />}</Empty>
        )
      }
    />
  );
}

/** All engines, wherever they are. */
function EngineList({ views }: { views: ReactNode }) {
  const { t } = useTranslation('hosts');
  return (
    <QueryTable<Schemas['Engine']>
      name="engines"
      queryKey={['engines', 'list']}
      load={(page) => data(api.GET('/api/v1/engines', { params: { query: page } }))}
      columns={useEngineColumns(true)}
      rowKey={(engine) => engine.id}
      toolbar={<div className="filters">{views}</div>}
      empty={<Empty description={<span className="empty">{t('empty')}</span>} />}
    />
  );
}
