// How much was found of each kind; of vulnerabilities, how bad they are.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Count } from '@/parts/Values';
import { Distribution } from './Bars';
import type { Sums, Wanted } from './fields';
import { Panel } from './Panel';

const KINDS = [
  ['vulnerabilities', 'vulnerabilities'],
  ['malware', 'malware'],
  ['secrets', 'secrets'],
  ['baseline', 'baseline'],
  ['compliance', 'compliance'],
  ['base-image', 'base_image'],
] as const;
const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

/** The counts. */
export function Kinds({ sums, source }: { sums: Sums; source: Wanted['source'] }) {
  const { t } = useTranslation('overview');
  const rest = sums.negligible + sums.unknown;
  const of = source ? { source } : {};
  return (
    <Panel title={t('findings')}>
      <ul className="kinds-list">
        {KINDS.map(([kind, key]) => (
          <li key={kind}>
            <Link to={'/risks' as '/'} search={{ ...of, kind } as never}>
              <span className="kinds-number">
                <Count of={sums[key]} />
              </span>
              {t(`kind.${kind}`)}
            </Link>
          </li>
        ))}
      </ul>
      <h3>{t('vulnerabilitiesBySeverity')}</h3>
      <Distribution
        title={t('vulnerabilitiesBySeverity')}
        parts={[
          ...SEVERITIES.map((severity) => ({
            key: severity,
            title: t(`severity.${severity}`),
            value: sums[severity],
            color: `var(--${severity})`,
            to: '/risks',
            search: { ...of, kind: 'vulnerabilities', severity },
          })),
          { key: 'rest', title: t('negligibleOrUnknown'), value: rest, color: 'var(--negligible)' },
        ]}
      />
    </Panel>
  );
}
