// Whether everything works: advisories, registries, engines, tasks.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Progress } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useRunningTasks } from '@/app/running';
import { useWords } from '@/parts/Refused';
import { Name, Time } from '@/parts/Values';
import { Below, Panel } from './Panel';

/** So many registries and engines are looked at; of more, those are told. */
const MOST = 200;
/** Advisories older than that are told to be old. */
const OLD = 3 * 86_400_000;
/** So many of those that fail are named. */
const NAMED = 3;

/** The panel. */
export function Health() {
  const { t } = useTranslation('overview');
  return (
    <Panel title={t('health')} wide>
      <Below>
        <div className="health">
          <Advisories />
          <Registries />
          <Engines />
          <Tasks />
        </div>
      </Below>
    </Panel>
  );
}

type Part = { title: string; to: string; error?: unknown; children: ReactNode };

function Part({ title, to, error, children }: Part) {
  const words = useWords();
  return (
    <div className="health-part">
      <h3>
        <Link to={to as '/'}>{title}</Link>
      </h3>
      {error ? <span className="tone-critical">{words(error).title}</span> : children}
    </div>
  );
}

function Advisories() {
  const { t } = useTranslation('overview');
  const { data: advisories, error } = useQuery({
    queryKey: ['advisories', 'all'],
    queryFn: () => data(api.GET('/api/v1/advisories')),
  });
  const old = advisories?.updated && Date.now() - Date.parse(advisories.updated) > OLD;
  const failed = advisories?.last?.state === 'failed';
  return (
    <Part title={t('advisories')} to="/advisories" error={error}>
      {advisories && !advisories.updated && <span className="tone-critical">{t('noAdvisories')}</span>}
      {advisories?.updated && (
        <span className={old ? 'tone-high' : undefined}>
          {t('updated')} <Time at={advisories.updated} />
        </span>
      )}
      {failed && <span className="tone-critical">{t('updateFailed')}</span>}
      {advisories && (
        <span className="quiet">
          {advisories.next ? (
            <>
              {t('nextUpdate')} <Time at={advisories.next} />
            </>
          ) : (
            t('noNextUpdate')
          )}
        </span>
      )}
    </Part>
  );
}

type Thing = { id: number; name: string; failing: boolean };

/** How many there are, and those that do not work. */
function Things({ things, more }: { things: Thing[] | undefined; more: boolean }) {
  const { t } = useTranslation('overview');
  if (!things) return null;
  const failing = things.filter((thing) => thing.failing);
  return (
    <>
      <span>
        {t('thingCount', { count: things.length, more: more ? '+' : '' })}{' '}
        {things.length > 0 && failing.length === 0 && <span className="tone-good">{t('allWork')}</span>}
        {failing.length > 0 && <span className="tone-critical">{t('failing', { count: failing.length })}</span>}
      </span>
      {failing.slice(0, NAMED).map((thing) => (
        <Name key={thing.id} of={thing.name} />
      ))}
    </>
  );
}

function Registries() {
  const { t } = useTranslation('overview');
  const { data: page, error } = useQuery({
    queryKey: ['registries', 'list', 'health'],
    queryFn: () => data(api.GET('/api/v1/registries', { params: { query: { limit: MOST } } })),
  });
  const things = page?.items.map(({ id, name, health }) => ({ id, name, failing: health === 'failing' }));
  return (
    <Part title={t('registries')} to="/registries" error={error}>
      <Things things={things} more={Boolean(page?.next)} />
    </Part>
  );
}

function Engines() {
  const { t } = useTranslation('overview');
  const { data: page, error } = useQuery({
    queryKey: ['engines', 'list', 'health'],
    queryFn: () => data(api.GET('/api/v1/engines', { params: { query: { limit: MOST } } })),
  });
  const things = page?.items.map(({ id, kind, host, failure }) => ({
    id,
    name: `${host} · ${kind}`,
    failing: Boolean(failure),
  }));
  return (
    <Part title={t('engines')} to="/hosts" error={error}>
      <Things things={things} more={Boolean(page?.next)} />
    </Part>
  );
}

function Tasks() {
  const { t } = useTranslation('overview');
  const running = useRunningTasks(true);
  return (
    <Part title={t('tasks')} to="/tasks">
      {running.length === 0 && <span className="quiet">{t('nothingRuns')}</span>}
      {running.slice(0, NAMED).map((task) => (
        <div key={task.id} className="health-task">
          <Link to={'/tasks' as '/'} search={{ task: `${task.id}` } as never}>
            <Name of={task.name || t(`taskKind.${task.kind}`, { defaultValue: task.kind })} />
          </Link>
          <Progress percent={task.percent} size="small" aria-label={task.name} />
        </div>
      ))}
      {running.length > NAMED && <span className="quiet">{t('andMore', { count: running.length - NAMED })}</span>}
    </Part>
  );
}
