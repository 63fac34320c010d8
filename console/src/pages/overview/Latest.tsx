// What to look at: the images that come first, or what happened lately. Only what is open is asked for.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Segmented, Skeleton } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { listOf } from '@/parts/images/lists';
import { SeverityBar, SeverityTag } from '@/parts/Severity';
import { ImageName } from '@/parts/Values';
import { LATEST, type Wanted } from './fields';
import { Panel } from './Panel';
import { MOST, Rows } from './Rows';

const Newest = lazy(() => import('./Newest'));

type Choice = { wanted: Wanted; change: (wanted: Wanted) => void };

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
        source && (
          <Link to={listOf(source) as '/'} search={{ focus: 'true' } as never}>
            {t('all')}
          </Link>
        )
      ) : (
        <Link to={'/events' as '/'}>{t('all')}</Link>
      )}
    </div>
  );
  return (
    <Panel title={t('attention')} extra={choices} wide>
      <Suspense fallback={<Skeleton active />}>{latest === 'focus' ? <Focus source={source} /> : <Newest />}</Suspense>
    </Panel>
  );
}

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
