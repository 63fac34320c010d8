// The containers of all hosts.
import { useQuery } from '@tanstack/react-query';
import { Checkbox, Empty, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useMay } from '@/app/session';
import { flag, some, text, useFields, whole } from '@/app/url';
import { SeveralOf } from '@/parts/Choice';
import { RefreshButton } from '@/parts/engines/RefreshButton';
import { PageHead } from '@/parts/PageHead';
import { SearchBox } from '@/parts/SearchBox';
import { QueryTable } from '@/parts/table/QueryTable';
import { ContainerDrawer } from './ContainerDrawer';
import { type Container, useContainerColumns } from './columns';
import { STATES } from './State';
import './style.css';

/** What is asked for, and what is open. */
const FIELDS = {
  state: some(STATES),
  host: whole(),
  engine: whole(),
  image: whole(),
  pod: text(),
  search: text(),
  gone: flag(),
  container: whole(),
};

/** Filters that other pages link to. */
const LINKED = ['host', 'engine', 'image'] as const;

/** The page. */
export default function Containers() {
  const { t } = useTranslation('containers');
  const mayRefresh = useMay('operator');
  const [{ container, ...filter }, change] = useFields(FIELDS);
  const filtered = Object.keys(filter).length > 0;
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} actions={mayRefresh && <RefreshButton />} />
      <QueryTable<Container>
        name="containers"
        queryKey={['containers', 'list', filter]}
        load={(page) => data(api.GET('/api/v1/containers', { params: { query: { ...filter, ...page } } }))}
        columns={useContainerColumns()}
        rowKey={(row) => row.id}
        open={(row) => change({ container: row.id })}
        opened={container}
        toolbar={<Filters />}
        empty={
          filtered ? (
            <Empty description={t('nothingFits')} />
          ) : (
            <Empty description={<span className="empty">{t('empty')}</span>}>{mayRefresh && <RefreshButton />}</Empty>
          )
        }
      />
      <ContainerDrawer id={container} close={() => change({ container: undefined })} />
    </div>
  );
}

/** What a host is called. */
function useHostName(id: number | undefined): string | undefined {
  const { data: host } = useQuery({
    queryKey: ['hosts', 'one', id],
    queryFn: () => data(api.GET('/api/v1/hosts/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== undefined,
  });
  return host?.name;
}

function Filters() {
  const { t } = useTranslation('containers');
  const [wanted, change] = useFields(FIELDS);
  const host = useHostName(wanted.host);
  const only = (key: (typeof LINKED)[number]) =>
    key === 'host' && host ? t('onlyHost', { name: host }) : t(`only.${key}`, { id: wanted[key] });
  return (
    <div className="filters">
      <SearchBox
        fields={[
          { key: 'search', title: t('searched'), hint: t('searchHint') },
          { key: 'pod', title: t('column.pod'), hint: t('podHint') },
        ]}
        values={{ search: wanted.search, pod: wanted.pod }}
        search={change}
      />
      <SeveralOf
        title={t('column.state')}
        words={STATES}
        label={(state) => t(`state.${state}`)}
        value={wanted.state}
        choose={(state) => change({ state })}
      />
      {LINKED.filter((key) => wanted[key] !== undefined).map((key) => (
        <Tag key={key} closable={{ 'aria-label': t('clear') }} onClose={() => change({ [key]: undefined })}>
          <bdi className="only">{only(key)}</bdi>
        </Tag>
      ))}
      <Checkbox
        checked={wanted.gone ?? false}
        onChange={(event) => change({ gone: event.target.checked || undefined })}
      >
        {t('gone')}
      </Checkbox>
    </div>
  );
}
