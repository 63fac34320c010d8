// The advisories as the server tells of them, and how to change how they are kept.
import { useQuery } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';

export type Advisories = Schemas['Advisories'];
export type Settings = Schemas['AdvisorySettings'];

/** While they are updated they are asked for so often. */
const SOON = 2000;

/** Whether an update or import has not ended. */
export function isBusy(advisories: Advisories | undefined): boolean {
  return advisories?.last?.state === 'waiting' || advisories?.last?.state === 'running';
}

/** What is known of them. */
export function useAdvisories() {
  return useQuery({
    queryKey: ['advisories', 'all'],
    queryFn: () => data(api.GET('/api/v1/advisories')),
    refetchInterval: (query) => (isBusy(query.state.data) ? SOON : false),
  });
}

/** Sets how they are kept. */
export function putSettings(body: Settings): Promise<Settings> {
  return data(api.PUT('/api/v1/advisories/settings', { body }));
}

/** Fetching them now. */
export function useUpdate() {
  const { t } = useTranslation('advisories');
  const { message } = App.useApp();
  return useAct(() => data(api.POST('/api/v1/advisories/update')), {
    changes: ['advisories', 'tasks'],
    done: () => void message.success(t('updateBegun')),
  });
}

/** Taking them from a file. */
export function useImport() {
  const { t } = useTranslation('advisories');
  const { message } = App.useApp();
  const send = (file: File) =>
    data(
      api.POST('/api/v1/advisories/import', {
        body: file as never,
        bodySerializer: (body) => body,
        headers: { 'content-type': 'application/octet-stream' },
      }),
    );
  return useAct(send, { changes: ['advisories', 'tasks'], done: () => void message.success(t('importBegun')) });
}
