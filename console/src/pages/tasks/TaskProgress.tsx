// How far a task is: a bar, and what came of its jobs.
import { Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { Count } from '@/parts/Values';
import type { Task } from './filters';

/** The bar with its numbers. */
export function TaskProgress({ task }: { task: Task }) {
  const { t, i18n } = useTranslation('tasks');
  const number = new Intl.NumberFormat(i18n.language);
  const percent = task.finished ? 100 : task.percent;
  const tone = task.failed > 0 ? 'critical' : task.status === 'cancelled' ? 'negligible' : 'good';
  const ended = task.succeeded + task.failed + task.cancelled;
  return (
    <div className="task-progress">
      <Progress
        percent={percent}
        size="small"
        status={task.finished ? 'normal' : 'active'}
        strokeColor={task.finished ? `var(--${tone})` : undefined}
        showInfo={!task.finished}
        aria-label={t('progress')}
      />
      <span className="task-counts number">
        {t('ended', { ended: number.format(ended), total: number.format(task.total) })}
        {task.failed > 0 && (
          <span className="task-failed">
            {t('failedCount')} <Count of={task.failed} />
          </span>
        )}
        {task.cancelled > 0 && (
          <span>
            {t('cancelledCount')} <Count of={task.cancelled} />
          </span>
        )}
      </span>
    </div>
  );
}
