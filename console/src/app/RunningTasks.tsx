// The bell of work: how many tasks run, and how far each is.
import { UnorderedListOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Badge, Button, Empty, Popover, Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';

const MOST = 20;

/** The newest tasks that have not ended. */
export function useRunningTasks(): Schemas['Task'][] {
  const { data: tasks } = useQuery({
    queryKey: ['tasks', 'list', 'running'],
    queryFn: () => data(api.GET('/api/v1/tasks', { params: { query: { limit: MOST } } })),
  });
  return (tasks?.items ?? []).filter((task) => task.status === 'running' || task.status === 'waiting');
}

/** The tasks that run. */
export function RunningTasks() {
  const { t } = useTranslation();
  const running = useRunningTasks();
  return (
    <Popover trigger="click" placement="bottomRight" title={t('runningTasks')} content={<Running tasks={running} />}>
      <Badge count={running.length} size="small" offset={[-4, 6]}>
        <Button type="text" icon={<UnorderedListOutlined />} aria-label={t('runningTasks')} />
      </Badge>
    </Popover>
  );
}

function Running({ tasks }: { tasks: Schemas['Task'][] }) {
  const { t } = useTranslation();
  return (
    <div className="running">
      {tasks.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('nothingRuns')} />}
      {tasks.map((task) => (
        <div key={task.id} className="running-task">
          <Link to="/tasks" search={{ task: `${task.id}` } as never}>
            {task.name || t(`taskKind.${task.kind}`)}
          </Link>
          <Progress percent={task.percent} size="small" aria-label={task.name} />
        </div>
      ))}
      <Link to="/tasks">{t('allTasks')}</Link>
    </div>
  );
}
