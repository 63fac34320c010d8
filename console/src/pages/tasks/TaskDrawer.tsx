// One task: what it is, how far, and what became of each of its jobs.
import { useQuery } from '@tanstack/react-query';
import { Descriptions, Drawer, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useMay } from '@/app/session';
import { Duration } from '@/parts/Duration';
import { Again } from '@/parts/Refused';
import { Status } from '@/parts/Status';
import { Count, Time, Words } from '@/parts/Values';
import { TaskActions } from './actions';
import { Rate, TaskName } from './columns';
import type { Task, Wanted } from './filters';
import { Jobs } from './Jobs';
import { TaskProgress } from './TaskProgress';

type Open = {
  id: number | undefined;
  status: Wanted['jobs'];
  choose: (status: Wanted['jobs']) => void;
  close: () => void;
};

/** The drawer of the task that is open. */
export function TaskDrawer({ id, status, choose, close }: Open) {
  const { t } = useTranslation('tasks');
  const mayAct = useMay('operator');
  const asked = useQuery({
    queryKey: ['tasks', 'one', id],
    queryFn: () => data(api.GET('/api/v1/tasks/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== undefined,
  });
  const task = asked.data;
  return (
    <Drawer
      open={id !== undefined}
      onClose={close}
      size="min(1040px, 92vw)"
      destroyOnHidden
      title={t('drawerTitle', { id })}
      extra={task && mayAct && <TaskActions task={task} large />}
    >
      {asked.error && <Again error={asked.error} again={asked.refetch} />}
      {asked.isPending && <Skeleton active />}
      {task && (
        <>
          <Facts task={task} />
          <Jobs task={task} status={status} choose={choose} />
        </>
      )}
    </Drawer>
  );
}

/** What is known of the task itself. */
function Facts({ task }: { task: Task }) {
  const { t } = useTranslation('tasks');
  const took = task.started && task.finished ? task.finished - task.started : undefined;
  const checks = checksOf(task);
  const items = [
    { key: 'name', label: t('name'), children: <TaskName task={task} /> },
    { key: 'status', label: t('status'), children: <Status of={task.status} /> },
    { key: 'progress', label: t('progress'), children: <TaskProgress task={task} /> },
    { key: 'risky', label: t('risky'), children: <Count of={task.risky} /> },
    { key: 'cause', label: t('causeTitle'), children: t(`cause.${task.cause}`, { defaultValue: task.cause }) },
    { key: 'by', label: t('by'), children: <Words of={task.created_by || t('server')} /> },
    { key: 'created', label: t('created'), children: <Time at={task.created} whole /> },
    { key: 'finished', label: t('finished'), children: <Time at={task.finished} whole /> },
    { key: 'took', label: t('took'), children: <Duration of={took} /> },
    { key: 'left', label: t('timeLeft'), children: <Duration of={task.finished ? undefined : task.time_left} /> },
    { key: 'rate', label: t('rate'), children: <Rate task={task} /> },
    ...(task.resume_at ? [{ key: 'resume', label: t('resumes'), children: <Time at={task.resume_at} whole /> }] : []),
    ...(checks.length > 0
      ? [
          {
            key: 'checks',
            label: t('checks'),
            span: 'filled' as const,
            children: checks.map((check) => t(`check.${check}`, { defaultValue: check })).join(' · '),
          },
        ]
      : []),
  ];
  return <Descriptions size="small" column={{ xs: 1, md: 2, lg: 3 }} items={items} className="task-facts" />;
}

/** The checks that a scan was asked for. */
function checksOf(task: Task): string[] {
  const { checks } = task.parameters as { checks?: unknown };
  return Array.isArray(checks) ? checks.map(String) : [];
}
