// How bad images are, and how many of them are known at all.
import { useTranslation } from 'react-i18next';
import { listOf } from '@/parts/images/lists';
import { Distribution, type Part } from './Bars';
import type { Sums, Wanted } from './fields';
import { Panel } from './Panel';

const WORST = ['critical', 'high', 'medium', 'low'] as const;

/** Both distributions. */
export function Severities({ sums, source }: { sums: Sums; source: Wanted['source'] }) {
  const { t } = useTranslation('overview');
  const to = source && listOf(source);
  const worst: Part[] = WORST.map((severity) => ({
    key: severity,
    title: severity === 'low' ? t('lowOrLess') : t(`severity.${severity}`),
    value: sums[`worst_${severity}`],
    color: `var(--${severity})`,
    to,
    search: { risk: severity },
  }));
  const clean: Part = {
    key: 'clean',
    title: t('clean'),
    value: sums.clean,
    color: 'var(--good)',
    to,
    search: { risk: 'none' },
  };
  const coverage: [string, number, string][] = [
    ['scanned', sums.scanned, 'var(--good)'],
    ['failed', sums.failed, 'var(--critical)'],
    ['unscanned', sums.unscanned, 'var(--negligible)'],
    ['scanning', sums.scanning + sums.waiting, 'var(--lz-color-primary)'],
    ['cancelled', sums.cancelled, 'var(--medium)'],
  ];
  return (
    <Panel title={t('worst')}>
      <Distribution title={t('worst')} parts={[...worst, clean]} />
      <h3>{t('coverage')}</h3>
      <Distribution
        title={t('coverage')}
        parts={coverage.map(([key, value, color]) => ({
          key,
          title: key === 'scanning' ? t('scanningOrWaiting') : t(`status.${key}`),
          value,
          color,
          to: key === 'scanning' ? undefined : to,
          search: { status: key },
        }))}
      />
    </Panel>
  );
}
