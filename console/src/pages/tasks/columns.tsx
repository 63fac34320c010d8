// The columns of tasks.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Duration, duration } from '@/parts/Duration';
import { Status } from '@/parts/Status';
import type { Column } from '@/parts/table/columns';
import { taskAbout } from '@/parts/taskAbout';
import { Count, Name, Time } from '@/parts/Values';
import type { Task } from './filters';
import { TaskProgress } from './TaskProgress';

/** What a task is called: its kind, and its name or how many it is about. */
export function TaskName({ task }: { task: Task }) {
  const { t } = useTranslation();
  const about = taskAbout(t, task);
  return (
    <span className="task-name">
      <span className="name-strong">{t(`taskKind.${task.kind}`, { defaultValue: task.kind })}</span>
      {about && (
        <span className="quiet">
          <Name of={about} />
        </span>
      )}
    </span>
  );
}

/** The columns. */
export function useTaskColumns(): Column<Task>[] {
  const { t, i18n } = useTranslation('tasks');
  return useMemo(
    () => [
      { key: 'name', title: t('name'), width: 210, pinned: true, render: (task) => <TaskName task={task} /> },
      { key: 'status', title: t('status'), width: 108, render: (task) => <Status of={task.status} /> },
      { key: 'progress', title: t('progress'), width: 160, render: (task) => <TaskProgress task={task} /> },
      {
        key: 'left',
        title: t('timeLeft'),
        width: 104,
        render: (task) =>
          task.resume_at ? (
            <Paused at={task.resume_at} />
          ) : (
            <Duration of={task.finished ? undefined : task.time_left} />
          ),
      },
      { key: 'risky', title: t('risky'), width: 112, align: 'right', render: (task) => <Count of={task.risky} /> },
      {
        key: 'cause',
        title: t('causeTitle'),
        width: 112,
        render: (task) => t(`cause.${task.cause}`, { defaultValue: task.cause }),
      },
      {
        key: 'by',
        title: t('by'),
        width: 110,
        render: (task) =>
          task.created_by ? <Name of={task.created_by} /> : <span className="quiet">{t('server')}</span>,
      },
      { key: 'created', title: t('created'), width: 124, render: (task) => <Time at={task.created} /> },
      {
        key: 'finished',
        title: t('finished'),
        width: 124,
        usual: false,
        render: (task) => <Time at={task.finished} />,
      },
      {
        key: 'took',
        title: t('took'),
        width: 110,
        usual: false,
        render: (task) =>
          task.started && task.finished ? (
            duration(task.finished - task.started, i18n.language)
          ) : (
            <Duration of={null} />
          ),
      },
      {
        key: 'id',
        title: t('id'),
        width: 90,
        usual: false,
        render: (task) => <span className="number">{task.id}</span>,
      },
      { key: 'rate', title: t('rate'), width: 170, usual: false, render: (task) => <Rate task={task} /> },
    ],
    [t, i18n.language],
  );
}

function Paused({ at }: { at: number }) {
  const { t } = useTranslation('tasks');
  return (
    <span>
      {t('resumes')} <Time at={at} />
    </span>
  );
}

/** How many of its jobs may run at once, and begin in an hour. */
export function Rate({ task }: { task: Task }) {
  const { t } = useTranslation('tasks');
  const limits = [
    task.parallel > 0 && t('atOnce', { count: task.parallel }),
    task.per_hour > 0 && t('perHour', { count: task.per_hour }),
  ].filter(Boolean);
  return <>{limits.length > 0 ? limits.join(' · ') : t('unlimited')}</>;
}
