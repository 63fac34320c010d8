// What became of the last run of a schedule.
import {
  CheckCircleFilled,
  CloseCircleFilled,
  ExclamationCircleFilled,
  MinusCircleOutlined,
  SyncOutlined,
} from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Popover } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { Time } from '@/parts/Values';
import type { Schedule } from './columns';

type Run = Schemas['ScheduleRun'];

const FACES: Record<Schemas['ScheduleResult'], [ReactNode, string]> = {
  success: [<CheckCircleFilled key="" />, 'good'],
  partly_failed: [<ExclamationCircleFilled key="" />, 'bad'],
  failed: [<CloseCircleFilled key="" />, 'bad'],
  nothing_to_scan: [<MinusCircleOutlined key="" />, 'quiet'],
  cancelled: [<ExclamationCircleFilled key="" />, 'quiet'],
  running: [<SyncOutlined spin key="" />, 'busy'],
};

/** The result with its time; the numbers are behind it. */
export function LastRun({ of }: { of: Schedule }) {
  const { t } = useTranslation('schedules');
  if (!of.last) return <span className="quiet">—</span>;
  const [sign, tone] = FACES[of.last.result];
  return (
    <span className="last-run">
      <Popover title={t('lastRun')} content={<Numbers run={of.last} skipped={of.skipped} />}>
        <Link to={'/tasks' as '/'} search={{ task: `${of.last.task_id}` } as never}>
          <span className={`status status-${tone}`}>
            {sign} {t(`result.${of.last.result}`)}
          </span>
        </Link>
      </Popover>
      <span className="quiet">
        {of.last.succeeded}/{of.last.images} · <Time at={of.last.at} />
      </span>
    </span>
  );
}

function Numbers({ run, skipped }: { run: Run; skipped?: number | null }) {
  const { t } = useTranslation('schedules');
  const numbers = ['images', 'succeeded', 'failed', 'cancelled', 'risky'] as const;
  return (
    <dl className="numbers">
      {numbers.map((key) => (
        <div key={key}>
          <dt>{t(`number.${key}`)}</dt>
          <dd className="number">{run[key]}</dd>
        </div>
      ))}
      <div>
        <dt>{t('number.began')}</dt>
        <dd>
          <Time at={run.at} whole />
        </dd>
      </div>
      <div>
        <dt>{t('number.ended')}</dt>
        <dd>
          <Time at={run.finished} whole />
        </dd>
      </div>
      {skipped && (
        <div>
          <dt>{t('number.skipped')}</dt>
          <dd>
            <Time at={skipped} whole />
          </dd>
        </div>
      )}
    </dl>
  );
}
