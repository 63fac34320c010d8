// What lists of hosts and engines show of each.
import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Popover, Tag } from 'antd';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { FailureTitle, Why } from '@/parts/Status';
import type { Column } from '@/parts/table/columns';
import { Bytes, Count, Name, Time } from '@/parts/Values';

export type Host = Schemas['Host'];
type Engine = Schemas['Engine'];

const link = (to: string, search: Record<string, string>, shown: ReactNode) => (
  <Link to={to as '/'} search={search}>
    {shown}
  </Link>
);

/** The columns of hosts. */
export function useHostColumns(): Column<Host>[] {
  const { t } = useTranslation('hosts');
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('column.name'),
        width: 200,
        pinned: true,
        render: (host) => <Name of={host.name} strong />,
      },
      {
        key: 'addresses',
        title: t('column.addresses'),
        width: 170,
        render: (host) => <Name of={host.addresses.join(', ')} />,
      },
      {
        key: 'images',
        title: t('column.images'),
        width: 90,
        align: 'right',
        render: (host) => link('/images/local', { host: `${host.id}` }, <Count of={host.images} />),
      },
      {
        key: 'containers',
        title: t('column.containers'),
        width: 100,
        align: 'right',
        render: (host) => link('/containers', { host: `${host.id}` }, <Count of={host.containers} />),
      },
      { key: 'os', title: t('column.os'), width: 210, render: (host) => <Name of={host.os} /> },
      { key: 'kernel', title: t('column.kernel'), width: 150, render: (host) => <Name of={host.kernel} /> },
      {
        key: 'architecture',
        title: t('column.architecture'),
        width: 100,
        render: (host) => <Name of={host.architecture} />,
      },
      {
        key: 'processors',
        title: t('column.processors'),
        width: 92,
        align: 'right',
        render: (host) => <Count of={host.processors} />,
      },
      {
        key: 'memory',
        title: t('column.memory'),
        width: 100,
        align: 'right',
        render: (host) => <Bytes size={host.memory} />,
      },
      { key: 'seen', title: t('column.seen'), width: 130, render: (host) => <Time at={host.last_seen} /> },
      {
        key: 'added',
        title: t('column.added'),
        width: 130,
        usual: false,
        render: (host) => <Time at={host.first_seen} />,
      },
    ],
    [t],
  );
}

/** The columns of engines, with their host where that is not told otherwise. */
export function useEngineColumns(withHost: boolean): Column<Engine>[] {
  const { t } = useTranslation('hosts');
  return useMemo(() => {
    const columns: Column<Engine>[] = [
      {
        key: 'kind',
        title: t('column.engine'),
        width: 170,
        pinned: true,
        render: (engine) => <Kind engine={engine} />,
      },
      { key: 'host', title: t('column.name'), width: 170, render: (engine) => <Name of={engine.host} /> },
      { key: 'state', title: t('column.state'), width: 170, render: (engine) => <State engine={engine} /> },
      { key: 'address', title: t('column.address'), width: 180, render: (engine) => <Name of={engine.address} /> },
      { key: 'driver', title: t('column.driver'), width: 92, render: (engine) => <Name of={engine.storage_driver} /> },
      { key: 'root', title: t('column.root'), width: 150, render: (engine) => <Name of={engine.root} /> },
      {
        key: 'images',
        title: t('column.images'),
        width: 90,
        align: 'right',
        render: (engine) => link('/images/local', { engine: `${engine.id}` }, <Count of={engine.images} />),
      },
      {
        key: 'containers',
        title: t('column.containers'),
        help: t('column.containersHelp'),
        width: 110,
        align: 'right',
        render: (engine) =>
          link(
            '/containers',
            { engine: `${engine.id}` },
            <span className="number">
              {engine.running} / {engine.containers}
            </span>,
          ),
      },
      { key: 'synced', title: t('column.synced'), width: 130, render: (engine) => <Time at={engine.synced} /> },
    ];
    return columns.filter((column) => withHost || column.key !== 'host');
  }, [t, withHost]);
}

/** The words of engines as their makers write them. */
const KINDS: Record<string, string> = { docker: 'Docker', containerd: 'containerd', podman: 'Podman' };

function Kind({ engine }: { engine: Engine }) {
  return (
    <span className="image-name">
      <Name of={KINDS[engine.kind] ?? engine.kind} strong />
      {engine.version && <Tag>{engine.version}</Tag>}
    </span>
  );
}

/** Whether an engine could be read; if not, why and what to do. */
function State({ engine }: { engine: Engine }) {
  const { t } = useTranslation('hosts');
  if (!engine.failure)
    return (
      <span className="status status-good">
        <CheckCircleFilled /> {t('readable')}
      </span>
    );
  return (
    <Popover title={<FailureTitle failure={engine.failure} />} content={<Why failure={engine.failure} />}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: why it fails is read with the keyboard, too */}
      <span className="explained status status-bad" tabIndex={0}>
        <CloseCircleFilled /> <FailureTitle failure={engine.failure} />
      </span>
    </Popover>
  );
}
