// What the list of containers shows of each.
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { SeverityTag } from '@/parts/Severity';
import type { Column } from '@/parts/table/columns';
import { Digest, ImageName, Name, Time } from '@/parts/Values';
import { State } from './State';

export type Container = Schemas['Container'];

/** The image of a container, as a link where it is known. */
export function ImageOf({ container }: { container: Container }) {
  if (!container.image_id) return <Name of={container.image} />;
  return (
    <Link to={'/images/$id' as '/'} params={{ id: `${container.image_id}` } as never} className="image-link">
      <ImageName of={container.image || `#${container.image_id}`} />
    </Link>
  );
}

/** How bad the image of a container is, as far as it was scanned. */
export function RiskOf({ container }: { container: Container }) {
  const { t } = useTranslation('containers');
  if (container.risk === 'none') return <span className="tone-good">{t('clean')}</span>;
  return <SeverityTag severity={container.risk} />;
}

/** Namespace and name of a pod. */
export function podOf(container: Container): string {
  return [container.pod_namespace, container.pod].filter(Boolean).join('/');
}

/** The columns. */
export function useContainerColumns(): Column<Container>[] {
  const { t } = useTranslation('containers');
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('column.name'),
        width: 200,
        pinned: true,
        render: (row) => <Name of={row.name} strong />,
      },
      {
        key: 'state',
        title: t('column.state'),
        width: 120,
        render: (row) => <State of={row.state} exit={row.exit_code} />,
      },
      { key: 'image', title: t('column.image'), width: 280, render: (row) => <ImageOf container={row} /> },
      {
        key: 'risk',
        title: t('column.risk'),
        help: t('column.riskHelp'),
        width: 92,
        render: (row) => <RiskOf container={row} />,
      },
      { key: 'command', title: t('column.command'), width: 190, render: (row) => <Name of={row.command.join(' ')} /> },
      { key: 'pod', title: t('column.pod'), width: 160, render: (row) => <Name of={podOf(row)} /> },
      { key: 'host', title: t('column.host'), width: 130, render: (row) => <Name of={row.host} /> },
      { key: 'engine', title: t('column.engine'), width: 100, usual: false, render: (row) => <Name of={row.engine} /> },
      { key: 'started', title: t('column.started'), width: 120, render: (row) => <Time at={row.started} /> },
      { key: 'updated', title: t('column.updated'), width: 120, render: (row) => <Time at={row.updated} /> },
      {
        key: 'created',
        title: t('column.created'),
        width: 120,
        usual: false,
        render: (row) => <Time at={row.created} />,
      },
      {
        key: 'finished',
        title: t('column.finished'),
        width: 120,
        usual: false,
        render: (row) => <Time at={row.finished} />,
      },
      { key: 'id', title: t('column.id'), width: 150, usual: false, render: (row) => <Digest of={row.reference} /> },
    ],
    [t],
  );
}
