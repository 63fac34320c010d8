// What to look at: the images that come first, or what happened lately. Only what is open is asked for.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Empty, Segmented, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { EventMarks, EventSubject, EventWords } from '@/parts/eventwords/EventWords';
import { Again } from '@/parts/Refused';
import { SeverityBar, SeverityTag } from '@/parts/Severity';
import { ImageName, Time } from '@/parts/Values';
import { LATEST, listOf, type Wanted } from './fields';
import { Panel } from './Panel';

type Choice = { wanted: Wanted; change: (wanted: Wanted) => void };

const MOST = 6;

/** The panel with both. */
export function Latest({ wanted, change }: Choice) {
  const { t } = useTranslation('overview');
  const { latest = 'focus', source } = wanted;
  const choices = (
    <div className="panel-choices">
      <Segmented
        aria-label={t('attention')}
        value={latest}
        options={LATEST.map((value) => ({ value, label: t(`latest_.${value}`) }))}
        onChange={(next) => change({ latest: next })}
      />
      {latest === 'focus' ? (
        <Link to={listOf(source) as '/'} search={{ focus: 'true' } as never}>
          {t('all')}
        </Link>
      ) : (
        <Link to={'/events' as '/'}>{t('all')}</Link>
      )}
    </div>
  );
  return (
    <Panel title={t('attention')} extra={choices} wide>
      {latest === 'focus' ? <Focus source={source} /> : <Newest />}
    </Panel>
  );
}

/** The rows, or what stands in their place. */
function Rows<Row>({ asked, empty, row }: { asked: Asked<Row>; empty: string; row: (row: Row) => ReactNode }) {
  if (asked.error) return <Again error={asked.error} again={asked.refetch} />;
  if (!asked.data) return <Skeleton active />;
  if (asked.data.items.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} />;
  return <ul className="attention">{asked.data.items.map(row)}</ul>;
}

type Asked<Row> = { data?: { items: Row[] }; error: unknown; refetch: () => unknown };

function Focus({ source }: { source: Wanted['source'] }) {
  const { t } = useTranslation('overview');
  const asked = useQuery({
    queryKey: ['images', 'list', 'focus', source],
    queryFn: () =>
      data(
        api.GET('/api/v1/images', {
          params: { query: { focus: true, kind: source ? [source] : undefined, limit: MOST } },
        }),
      ),
  });
  const row = (image: Schemas['Image']) => (
    <li key={image.id}>
      <SeverityTag severity={image.risk} />
      <div className="attention-words">
        <Link to={`/images/${image.id}` as '/'}>
          <ImageName of={image.name} />
        </Link>
        <span className="quiet">
          {image.focus_reasons.map((reason) => t(`images:focusReason.${reason}`, { defaultValue: reason })).join(' · ')}
        </span>
      </div>
      <span className="wide-only">
        <SeverityBar counts={image.severities} />
      </span>
    </li>
  );
  return <Rows asked={asked} empty={t('noFocus')} row={row} />;
}

function Newest() {
  const { t } = useTranslation('overview');
  const asked = useQuery({
    queryKey: ['events', 'list', 'newest'],
    queryFn: () => data(api.GET('/api/v1/events', { params: { query: { limit: MOST } } })),
  });
  const row = (event: Schemas['Event']) => (
    <li key={event.id}>
      <SeverityTag severity={event.severity} />
      <div className="attention-words">
        <span>
          <EventSubject event={event} /> <EventMarks event={event} />
        </span>
        <EventWords event={event} />
      </div>
      <Time at={event.at} />
    </li>
  );
  return <Rows asked={asked} empty={t('noEvents')} row={row} />;
}
