// What is done with a schedule from its row: turned on and off, run, deleted.
import { useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useWords } from '@/parts/Refused';
import type { Schedule } from './columns';

/** The actions; those that cost something ask first. */
export function useActions() {
  const { t } = useTranslation('schedules');
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const words = useWords();
  const after = async (doing: Promise<unknown>, done: string) => {
    try {
      await doing;
      message.success(done);
    } catch (error) {
      message.error(words(error).detail ?? words(error).title);
    }
    for (const name of ['schedules', 'tasks']) await client.invalidateQueries({ queryKey: [name] });
  };
  const params = (schedule: Schedule) => ({ path: { id: schedule.id } });
  return {
    turn: (schedule: Schedule, enabled: boolean) =>
      after(
        data(api.PATCH('/api/v1/schedules/{id}', { params: params(schedule), body: { enabled } })),
        t(enabled ? 'turnedOn' : 'turnedOff', { name: schedule.name }),
      ),
    run: (schedule: Schedule) =>
      void modal.confirm({
        title: t('runTitle', { name: schedule.name }),
        content: t('runHelp'),
        okText: t('run'),
        onOk: () => after(data(api.POST('/api/v1/schedules/{id}/run', { params: params(schedule) })), t('begun')),
      }),
    remove: (schedule: Schedule) =>
      void modal.confirm({
        title: t('deleteTitle', { name: schedule.name }),
        content: t('deleteHelp'),
        okText: t('delete'),
        okButtonProps: { danger: true },
        onOk: () => after(data(api.DELETE('/api/v1/schedules/{id}', { params: params(schedule) })), t('deleted')),
      }),
  };
}
