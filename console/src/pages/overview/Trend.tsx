// How it stood at the end of each of the last days.
import { useQuery } from '@tanstack/react-query';
import { Segmented, Select, Skeleton } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { Again } from '@/parts/Refused';
import { SPANS, TRENDS, type Wanted } from './fields';
import { Panel } from './Panel';
import { SERIES } from './series';

const TrendChart = lazy(() => import('./TrendChart'));

type Choice = { wanted: Wanted; change: (wanted: Wanted) => void };

/** The course, as lines and as a table. */
export function Trend({ wanted, change }: Choice) {
  const { t } = useTranslation('overview');
  const { source, trend = 'severities', days = '30' } = wanted;
  const asked = useQuery({
    queryKey: ['images', 'trends', source, days],
    queryFn: () => data(api.GET('/api/v1/trends', { params: { query: { source, days: Number(days) } } })),
  });
  const choices = (
    <div className="panel-choices">
      <Segmented
        aria-label={t('trendOf')}
        value={trend}
        options={TRENDS.map((value) => ({ value, label: t(`trend_.${value}`) }))}
        onChange={(next) => change({ trend: next })}
      />
      <Select
        aria-label={t('span')}
        value={days}
        options={SPANS.map((value) => ({ value, label: t('lastDays', { count: Number(value) }) }))}
        onChange={(next) => change({ days: next })}
      />
    </div>
  );
  return (
    <Panel title={t('trend')} extra={choices} wide>
      {asked.error && <Again error={asked.error} again={asked.refetch} />}
      {asked.isPending && <Skeleton active />}
      {asked.data && (
        <>
          <Suspense fallback={<Skeleton active />}>
            <TrendChart days={asked.data} trend={trend} />
          </Suspense>
          {asked.data.length < 2 && <p className="quiet">{t('trendBegins')}</p>}
          <AsTable days={asked.data} trend={trend} />
        </>
      )}
    </Panel>
  );
}

/** The same numbers, for who does not see lines. */
function AsTable({ days, trend }: { days: Schemas['Day'][]; trend: keyof typeof SERIES }) {
  const { t, i18n } = useTranslation('overview');
  const number = new Intl.NumberFormat(i18n.language);
  const series = SERIES[trend];
  return (
    <details className="trend-table">
      <summary>{t('asTable')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than its place is scrolled with the keyboard, too */}
      <div tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('day')}</th>
              {series.map(({ key, word }) => (
                <th key={key} scope="col">
                  {t(word)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day.day}>
                <th scope="row">{day.day}</th>
                {series.map(({ key }) => (
                  <td key={key} className="number">
                    {number.format(day[key])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
