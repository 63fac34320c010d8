// Where an image is: the hosts that have it, and the containers made of it.

import { Empty } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { some, text } from '@/app/url';
import { SeveralOf } from '@/parts/Choice';
import { SearchBox } from '@/parts/SearchBox';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { Bytes, Count, Name, Time } from '@/parts/Values';
import { useWithin } from './within';

type Host = Schemas['Host'];
type Container = Schemas['Container'];

/** The hosts that have an image. */
export function Hosts({ id }: { id: number }) {
  const { t } = useTranslation('image');
  const columns = useMemo(
    (): Column<Host>[] => [
      { key: 'name', title: t('host'), width: 200, pinned: true, render: (host) => <Name of={host.name} strong /> },
      { key: 'os', title: t('images:column.os'), width: 220, render: (host) => <Name of={host.os} /> },
      { key: 'kernel', title: t('kernel'), width: 160, render: (host) => <Name of={host.kernel} /> },
      {
        key: 'addresses',
        title: t('addresses'),
        width: 180,
        render: (host) => <Name of={host.addresses.join(', ')} />,
      },
      { key: 'memory', title: t('memory'), width: 100, align: 'right', render: (host) => <Bytes size={host.memory} /> },
      {
        key: 'images',
        title: t('hostImages'),
        width: 90,
        align: 'right',
        render: (host) => <Count of={host.images} />,
      },
      {
        key: 'containers',
        title: t('tab.containers'),
        width: 90,
        align: 'right',
        render: (host) => <Count of={host.containers} />,
      },
      { key: 'seen', title: t('images:column.seen'), width: 130, render: (host) => <Time at={host.last_seen} /> },
    ],
    [t],
  );
  return (
    <QueryTable<Host>
      name="image.hosts"
      queryKey={['images', 'one', id, 'hosts']}
      load={(query) => data(api.GET('/api/v1/images/{id}/hosts', { params: { path: { id }, query } }))}
      columns={columns}
      rowKey={(host) => host.id}
      empty={<Empty description={t('noHosts')} />}
    />
  );
}

const CONTAINER_STATES = [
  'running',
  'created',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
  'unknown',
] as const;
const FIELDS = { state: some(CONTAINER_STATES), search: text() };

/** The containers made of an image. */
export function Containers({ id }: { id: number }) {
  const { t } = useTranslation('image');
  const [wanted, change] = useWithin(FIELDS);
  const columns = useContainerColumns();
  return (
    <QueryTable<Container>
      name="image.containers"
      queryKey={['images', 'one', id, 'containers', wanted]}
      load={(page) => {
        const query = { ...wanted, ...page };
        return data(api.GET('/api/v1/images/{id}/containers', { params: { path: { id }, query } }));
      }}
      toolbar={
        <div className="filters">
          <SearchBox
            fields={[{ key: 'search', title: t('container'), hint: t('containerHint') }]}
            values={{ search: wanted.search }}
            search={change}
          />
          <SeveralOf
            title={t('stateTitle')}
            words={CONTAINER_STATES}
            label={(word) => t(`containerState.${word}`)}
            value={wanted.state}
            choose={(state) => change({ state })}
          />
        </div>
      }
      columns={columns}
      rowKey={(container) => container.id}
      empty={<Empty description={t(Object.keys(wanted).length > 0 ? 'nothingFits' : 'noContainers')} />}
    />
  );
}

function useContainerColumns(): Column<Container>[] {
  const { t } = useTranslation('image');
  return useMemo(
    () => [
      { key: 'name', title: t('container'), width: 220, pinned: true, render: (row) => <Name of={row.name} strong /> },
      { key: 'state', title: t('stateTitle'), width: 110, render: (row) => t(`containerState.${row.state}`) },
      { key: 'host', title: t('host'), width: 150, render: (row) => <Name of={row.host} /> },
      {
        key: 'pod',
        title: t('pod'),
        width: 200,
        render: (row) => <Name of={[row.pod_namespace, row.pod].filter(Boolean).join(' / ')} />,
      },
      { key: 'command', title: t('command'), width: 260, render: (row) => <Name of={row.command.join(' ')} /> },
      { key: 'addresses', title: t('addresses'), width: 150, render: (row) => <Name of={row.addresses.join(', ')} /> },
      { key: 'engine', title: t('engineName'), width: 130, usual: false, render: (row) => <Name of={row.engine} /> },
      { key: 'started', title: t('started'), width: 120, render: (row) => <Time at={row.started} /> },
      { key: 'updated', title: t('updated'), width: 120, usual: false, render: (row) => <Time at={row.updated} /> },
    ],
    [t],
  );
}
