// The lines of the course; by itself, since what draws them is large.
import { useTranslation } from 'react-i18next';
import { CartesianGrid, Legend, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Schemas } from '@/api/client';
import { short } from '@/parts/Severity';
import { SERIES } from './series';

type Chart = { days: Schemas['Day'][]; trend: keyof typeof SERIES };

const TICK = { fill: 'var(--quiet)', fontSize: 12 };
const FLOATING = {
  background: 'var(--lz-color-bg-elevated)',
  border: '1px solid var(--line)',
  borderRadius: 6,
  color: 'var(--lz-color-text)',
};

/** The lines. */
export default function TrendChart({ days, trend }: Chart) {
  const { t, i18n } = useTranslation('overview');
  const number = new Intl.NumberFormat(i18n.language);
  const day = new Intl.DateTimeFormat(i18n.language, { month: 'numeric', day: 'numeric', timeZone: 'UTC' });
  const written = (value: string) => day.format(Date.parse(value));
  return (
    <div className="trend-chart" role="img" aria-label={t('trendLabel', { of: t(`trend_.${trend}`) })}>
      <ResponsiveContainer width="100%" height={260}>
        <LineChart data={days} margin={{ top: 8, right: 16, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis dataKey="day" tickFormatter={written} tick={TICK} stroke="var(--line)" minTickGap={24} />
          <YAxis tickFormatter={short} tick={TICK} stroke="var(--line)" width={52} allowDecimals={false} />
          <Tooltip contentStyle={FLOATING} formatter={(value) => number.format(Number(value))} />
          <Legend itemSorter={null} />
          {SERIES[trend].map(({ key, word, color }) => (
            <Line
              key={key}
              dataKey={key}
              name={t(word)}
              type="monotone"
              stroke={color}
              strokeWidth={2}
              dot={days.length < 2 ? { r: 3, fill: color } : false}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}
