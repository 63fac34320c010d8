// What the list of schedules shows of each.
import { Switch, Tooltip } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import type { Column } from '@/parts/table/columns';
import { Name, Time } from '@/parts/Values';
import { LastRun } from './LastRun';
import { isEmpty } from './values';

export type Schedule = Schemas['Schedule'];
type Rhythm = Schemas['ScheduleRhythm'];

/** How often a schedule is due, in words. */
export function RhythmWords({ of }: { of: Rhythm }) {
  const { t } = useTranslation('schedules');
  if (of.type === 'cron') return <code>{of.expression}</code>;
  const days = of.every === 1 ? t('daily') : t('everyDays', { count: of.every });
  return <>{of.at ? t('daysAt', { days, at: of.at }) : t('daysOpening', { days })}</>;
}

/** Which images it scans, in a few words. */
function useScope(): (schedule: Schedule) => string {
  const { t } = useTranslation('schedules');
  return (schedule) => {
    const places = schedule.targets.map((target) => t(`imageKind.${target}`)).join(', ');
    const limits = [
      schedule.picked && t('short.picked'),
      !Object.values(schedule.filter).every(isEmpty) && t('short.filter'),
      schedule.only_latest && t('short.latest'),
      schedule.only_running && t('short.running'),
      schedule.updated_days > 0 && t('short.days', { count: schedule.updated_days }),
    ].filter(Boolean);
    return [places, ...limits].join(' · ');
  };
}

type Turn = (schedule: Schedule, enabled: boolean) => Promise<void>;

/** The columns; schedules are turned on and off where `turn` is given. */
export function useScheduleColumns(turn: Turn | undefined): Column<Schedule>[] {
  const { t, i18n } = useTranslation('schedules');
  const scope = useScope();
  return useMemo(() => {
    const number = new Intl.NumberFormat(i18n.language);
    return [
      {
        key: 'name',
        title: t('column.name'),
        width: 190,
        pinned: true,
        render: (row) => <Name of={row.name} strong />,
      },
      { key: 'enabled', title: t('column.enabled'), width: 76, render: (row) => <OnOff schedule={row} turn={turn} /> },
      { key: 'rhythm', title: t('column.rhythm'), width: 170, render: (row) => <RhythmWords of={row.rhythm} /> },
      { key: 'next', title: t('column.next'), width: 120, render: (row) => <Time at={row.next_at} /> },
      { key: 'last', title: t('column.last'), width: 270, render: (row) => <LastRun of={row} /> },
      {
        key: 'window',
        title: t('column.window'),
        help: t('column.windowHelp'),
        width: 120,
        render: ({ window }) => (window.from === window.to ? t('wholeDay') : `${window.from}–${window.to}`),
      },
      { key: 'zone', title: t('column.zone'), width: 130, render: (row) => <Name of={row.zone} /> },
      { key: 'scope', title: t('column.scope'), width: 200, render: (row) => <Name of={scope(row)} /> },
      {
        key: 'pace',
        title: t('column.pace'),
        width: 130,
        usual: false,
        render: ({ per_hour }) => (per_hour ? t('rate:perHour', { rate: number.format(per_hour) }) : t('unlimited')),
      },
      {
        key: 'creator',
        title: t('column.creator'),
        width: 120,
        usual: false,
        render: (row) => <Name of={row.created_by} />,
      },
      {
        key: 'updated',
        title: t('column.updated'),
        width: 120,
        usual: false,
        render: (row) => <Time at={row.updated} />,
      },
    ];
  }, [t, i18n.language, scope, turn]);
}

function OnOff({ schedule, turn }: { schedule: Schedule; turn: Turn | undefined }) {
  const { t } = useTranslation('schedules');
  if (!turn) return t(schedule.enabled ? 'yes' : 'no');
  return (
    <Tooltip title={t(schedule.enabled ? 'isOn' : 'isOff')}>
      <Switch
        size="small"
        checked={schedule.enabled}
        aria-label={t('turn', { name: schedule.name })}
        onChange={(enabled, event) => {
          event.stopPropagation();
          void turn(schedule, enabled);
        }}
      />
    </Tooltip>
  );
}
