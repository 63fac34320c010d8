// The numbers that matter most, each with the way to what it counts.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Help } from '@/parts/Help';
import { listOf } from '@/parts/images/lists';
import { Count } from '@/parts/Values';
import type { Sums, Wanted } from './fields';

type Figure = {
  key: string;
  value: number;
  tone?: 'critical' | 'high';
  /** Where those are that it counts; nowhere all together when this is missing. */
  to?: string;
  search?: object;
  help?: boolean;
};

/** The strip. */
export function Figures({ sums, source }: { sums: Sums; source: Wanted['source'] }) {
  const { t } = useTranslation('overview');
  const list = source && listOf(source);
  const risks = source ? { source } : {};
  const figures: Figure[] = [
    { key: 'images', value: sums.images, to: list },
    { key: 'risky', value: sums.risky, tone: 'high' },
    { key: 'focus', value: sums.focus, tone: 'critical', to: list, search: { focus: 'true' }, help: true },
    { key: 'running', value: sums.running, to: list, search: { running: 'true' } },
    {
      key: 'exploited',
      value: sums.exploited,
      tone: 'critical',
      to: '/risks',
      search: { ...risks, exploited: 'true' },
      help: true,
    },
    { key: 'fixable', value: sums.fixable, to: '/risks', search: { ...risks, fixable: 'true' } },
    { key: 'gaps', value: sums.gaps, tone: 'high', to: list, search: { has_gaps: 'true' }, help: true },
  ];
  return (
    <div className="figures">
      {figures.map(({ key, value, tone, to, search, help }) => {
        const face = (
          <>
            <span className={value > 0 && tone ? `figure-number tone-${tone}` : 'figure-number'}>
              <Count of={value} />
            </span>
            <span className="figure-title">{t(`figure.${key}`)}</span>
          </>
        );
        return (
          <div key={key} className="figure">
            {to ? (
              <Link to={to as '/'} search={search as never}>
                {face}
              </Link>
            ) : (
              <div className="figure-face">{face}</div>
            )}
            {help && <Help text={t(`figureHelp.${key}`)} term={t(`figure.${key}`)} />}
          </div>
        );
      })}
    </div>
  );
}
