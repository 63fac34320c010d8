// How it stood at the end of each of the last days.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Empty, Segmented, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { LineChart } from '@/parts/chart/LineChart';
import { Again } from '@/parts/Refused';
import { SPANS, TRENDS, type Wanted } from './fields';
import { Below, Panel } from './Panel';
import { SERIES } from './series';

type Choice = { wanted: Wanted; change: (wanted: Wanted) => void };

/** The course, as lines and as a table. */
export function Trend({ wanted, change }: Choice) {
  const { t } = useTranslation('overview');
  const { source, trend = 'severities', days = '30' } = wanted;
  const choices = (
    <div className="panel-choices">
      <Segmented
        aria-label={t('trendOf')}
        value={trend}
        options={TRENDS.map((value) => ({ value, label: t(`trend_.${value}`) }))}
        onChange={(next) => change({ trend: next })}
      />
      <Segmented
        aria-label={t('span')}
        value={days}
        options={SPANS.map((value) => ({ value, label: t('lastDays', { count: Number(value) }) }))}
        onChange={(next) => change({ days: next })}
      />
    </div>
  );
  return (
    <Panel title={t('trend')} extra={choices} wide>
      <Below>
        <Asked source={source} days={Number(days)} trend={trend} />
      </Below>
    </Panel>
  );
}

type Of = keyof typeof SERIES;

function Asked({ source, days, trend }: { source: Wanted['source']; days: number; trend: Of }) {
  const { t } = useTranslation('overview');
  const asked = useQuery({
    queryKey: ['images', 'trends', source, days],
    queryFn: () => data(api.GET('/api/v1/trends', { params: { query: { source, days } } })),
    placeholderData: keepPreviousData,
  });
  if (asked.error) return <Again error={asked.error} again={asked.refetch} />;
  if (!asked.data) return <Skeleton active />;
  if (asked.data.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('trendBegins')} />;
  return <Course days={asked.data} trend={trend} />;
}

type Shown = { days: Schemas['Day'][]; trend: Of };

function Course({ days, trend }: Shown) {
  const { t } = useTranslation('overview');
  const lines = SERIES[trend].map(({ key, word, color }) => ({
    key,
    title: t(word),
    color,
    values: days.map((day) => day[key]),
  }));
  return (
    <>
      <LineChart
        label={t('trendLabel', { of: t(`trend_.${trend}`) })}
        days={days.map(({ day }) => day)}
        lines={lines}
      />
      {days.length < 2 && <p className="quiet">{t('trendBegins')}</p>}
      <AsTable days={days} trend={trend} />
    </>
  );
}

/** The same numbers, for who does not see lines. */
function AsTable({ days, trend }: Shown) {
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
