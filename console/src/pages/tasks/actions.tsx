// What can be done with a task: stop it, try again what failed in it.
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useFields } from '@/app/url';
import { useAct } from '@/parts/act';
import { FIELDS, open, type Task } from './filters';

/** The buttons that the state of a task asks for. */
export function TaskActions({ task, large }: { task: Task; large?: boolean }) {
  const { t } = useTranslation('tasks');
  const { message } = App.useApp();
  const [, change] = useFields(FIELDS);
  const path = { id: task.id };
  const stop = useAct(() => data(api.POST('/api/v1/tasks/{id}/cancel', { params: { path } })), {
    changes: ['tasks', 'jobs', 'images'],
    done: (told) => void message.success(t('stopped', { count: told.given_up })),
  });
  const retry = useAct(() => data(api.POST('/api/v1/tasks/{id}/retry', { params: { path } })), {
    changes: ['tasks', 'jobs', 'images'],
    done: (made) => {
      message.success(t('retried', { count: made.total }));
      change({ task: made.id, jobs: undefined });
    },
  });
  const face = large ? {} : ({ type: 'link', size: 'small' } as const);
  if (!task.finished) {
    const content = t('stopHelp', { count: open(task) });
    return (
      <Button
        {...face}
        danger
        loading={stop.isPending}
        onClick={() => stop.ask(undefined, { title: t('stopTitle'), content, okText: t('stop'), danger: true })}
      >
        {t('stop')}
      </Button>
    );
  }
  if (task.failed === 0) return null;
  const content = t('retryHelp', { count: task.failed });
  return (
    <Button
      {...face}
      loading={retry.isPending}
      onClick={() => retry.ask(undefined, { title: t('retryTitle'), content, okText: t('retry') })}
    >
      {t('retry')}
    </Button>
  );
}
