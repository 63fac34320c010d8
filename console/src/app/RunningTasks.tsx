// The bell of work: how many tasks run, and how far each is.
import { UnorderedListOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Badge, Button, Empty, Popover, Progress } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { taskAbout } from '@/parts/taskAbout';
import { useRunningTasks } from './running';

/** The tasks that run. */
export function RunningTasks() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const running = useRunningTasks(open);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('runningTasks')}
      content={<Running tasks={running} />}
      open={open}
      onOpenChange={setOpen}
    >
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
            {[t(`taskKind.${task.kind}`), taskAbout(t, task)].filter(Boolean).join(' · ')}
          </Link>
          <Progress percent={task.percent} size="small" aria-label={task.name || t(`taskKind.${task.kind}`)} />
        </div>
      ))}
      <Link to="/tasks">{t('allTasks')}</Link>
    </div>
  );
}
