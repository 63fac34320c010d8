// The jobs of a task: what became of each image or registry, and what to do about those that failed.
import { Link } from '@tanstack/react-router';
import { Empty, Typography } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { OneOf } from '@/parts/Choice';
import { Duration } from '@/parts/Duration';
import { Status } from '@/parts/Status';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { Count, ImageName, Name, Time } from '@/parts/Values';
import { STATUSES, type Task, type Wanted } from './filters';
import { JobMore, told } from './JobMore';

type Job = Schemas['TaskJob'];
type List = { task: Task; status: Wanted['jobs']; choose: (status: Wanted['jobs']) => void };

/** While a task runs, its jobs are asked for so often. */
const EVERY = 5000;

/** The list. */
export function Jobs({ task, status, choose }: List) {
  const { t } = useTranslation('tasks');
  const columns = useJobColumns();
  return (
    <>
      <Typography.Title level={2} className="jobs-title">
        {t('jobs')}
      </Typography.Title>
      <QueryTable<Job>
        name="tasks.jobs"
        queryKey={['jobs', 'list', task.id, status]}
        load={(page) =>
          data(api.GET('/api/v1/tasks/{id}/jobs', { params: { path: { id: task.id }, query: { status, ...page } } }))
        }
        every={task.finished ? undefined : EVERY}
        columns={columns}
        rowKey={(job) => `${job.id} ${job.image_id ?? ''}`}
        toolbar={
          <div className="filters">
            <OneOf
              title={t('status')}
              words={STATUSES}
              label={(word) => t(`texts:status.${word}`)}
              value={status}
              choose={choose}
            />
          </div>
        }
        expandable={{ expandedRowRender: (job) => <JobMore job={job} />, rowExpandable: told }}
        empty={<Empty description={t(status ? 'noJobs' : 'jobsGone')} />}
      />
    </>
  );
}

function useJobColumns(): Column<Job>[] {
  const { t } = useTranslation('tasks');
  return useMemo(
    () => [
      { key: 'subject', title: t('subject'), width: 320, pinned: true, render: (job) => <Subject job={job} /> },
      {
        key: 'status',
        title: t('status'),
        width: 116,
        render: (job) => <Status of={job.status} percent={job.percent} />,
      },
      { key: 'why', title: t('outcome'), width: 330, render: (job) => <Outcome job={job} /> },
      {
        key: 'attempts',
        title: t('attempts'),
        width: 80,
        align: 'right',
        render: (job) => <Count of={job.attempts} />,
      },
      { key: 'finished', title: t('finished'), width: 120, render: (job) => <Time at={job.finished} /> },
      {
        key: 'took',
        title: t('took'),
        width: 100,
        render: (job) => <Duration of={job.started && job.finished ? job.finished - job.started : undefined} />,
      },
    ],
    [t],
  );
}

/** What a job is for: an image, a registry, or the whole of its task. */
function Subject({ job }: { job: Job }) {
  const { t } = useTranslation('tasks');
  if (job.image_id) {
    return (
      <Link to={`/images/${job.image_id}` as '/'}>
        <ImageName of={job.image ?? `#${job.image_id}`} />
      </Link>
    );
  }
  if (job.image || job.registry) return <Name of={job.image ?? job.registry} />;
  return <>{t(`taskKind.${job.kind}`, { defaultValue: job.kind })}</>;
}

/** Why it failed with what to do, or what it brought. */
function Outcome({ job }: { job: Job }) {
  const { t, i18n } = useTranslation('tasks');
  if (job.failure) {
    return (
      <span className="job-outcome">
        <span className="task-failed">{t(`failure.${job.failure}`)}</span>
        <span className="quiet">
          <Name of={inLanguage(job.advice, i18n.language)} />
        </span>
      </span>
    );
  }
  const { listing } = job;
  if (!listing) return <span className="quiet">—</span>;
  const counts = { images: listing.images ?? 0, changed: listing.changed ?? 0, gone: listing.gone ?? 0 };
  return <Name of={t('listing', counts)} />;
}
