// One container: all that is known of it.
import { useQuery } from '@tanstack/react-query';
import { Descriptions, type DescriptionsProps, Drawer, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { Again } from '@/parts/Refused';
import { Code, Digest, Name, Time, Words } from '@/parts/Values';
import { type Container, ImageOf, podOf, RiskOf } from './columns';
import { State } from './State';

/** The drawer. */
export function ContainerDrawer({ id, close }: { id: number | undefined; close: () => void }) {
  const {
    data: container,
    error,
    refetch,
  } = useQuery({
    queryKey: ['containers', 'one', id],
    queryFn: () => data(api.GET('/api/v1/containers/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== undefined,
  });
  return (
    <Drawer
      open={id !== undefined}
      onClose={close}
      size="min(680px, 100vw)"
      destroyOnHidden
      title={<Name of={container?.name ?? ''} strong />}
    >
      {error && <Again error={error} again={refetch} />}
      {!container && !error && <Skeleton active />}
      {container && <Facts container={container} />}
    </Drawer>
  );
}

function Facts({ container }: { container: Container }) {
  const { t } = useTranslation('containers');
  const facts: [string, ReactNode][] = [
    ['state', <State key="" of={container.state} exit={container.exit_code} />],
    ['image', <ImageOf key="" container={container} />],
    ['risk', <RiskOf key="" container={container} />],
    ['command', container.command.length > 0 && <Code of={container.command.join(' ')} />],
    ['pod', podOf(container) && <Words of={podOf(container)} />],
    ['addresses', container.addresses.length > 0 && <Words of={container.addresses.join(', ')} />],
    ['host', <Name key="" of={container.host} />],
    ['engine', [container.engine, container.namespace].filter(Boolean).join(' · ')],
    ['created', <Time key="" at={container.created} whole />],
    ['started', <Time key="" at={container.started} whole />],
    ['finished', <Time key="" at={container.finished} whole />],
    ['updated', <Time key="" at={container.updated} whole />],
    ['gone', container.gone && <Time key="" at={container.gone} whole />],
    ['id', <Digest key="" of={container.reference} whole />],
  ];
  const items: DescriptionsProps['items'] = facts
    .filter(([, value]) => Boolean(value))
    .map(([key, children]) => ({ key, label: t(`column.${key}`), children }));
  return <Descriptions size="small" bordered column={1} items={items} styles={{ label: { width: 150 } }} />;
}
