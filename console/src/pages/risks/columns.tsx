// What the list of risks shows of each.
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { Cvss, Exploited, percent } from '@/parts/image/findingColumns';
import { RiskLink } from '@/parts/image/links';
import { SeverityTag } from '@/parts/Severity';
import type { Column } from '@/parts/table/columns';
import { Count, Name, Time } from '@/parts/Values';

export type Risk = Schemas['Risk'];

function first(t: TFunction, language: string): Column<Risk>[] {
  return [
    {
      key: 'rule',
      title: t('image:rule'),
      width: 220,
      pinned: true,
      render: (risk) => (
        <span className="image-name">
          <RiskLink kind={risk.kind} rule={risk.rule}>
            <Name of={risk.rule} />
          </RiskLink>
          <Exploited is={risk.exploited} />
        </span>
      ),
    },
    {
      key: 'severity',
      title: t('image:severityTitle'),
      width: 100,
      sort: 'severity',
      render: (risk) => <SeverityTag severity={risk.severity} />,
    },
    {
      key: 'title',
      title: t('image:what'),
      width: 260,
      render: (risk) => <Name of={inLanguage(risk.title, language)} />,
    },
  ];
}

const count = (t: TFunction, key: 'images' | 'containers' | 'hosts' | 'handled', sort?: string): Column<Risk> => ({
  key,
  title: t(`risks:column.${key}`),
  help: t(`risks:help.${key}`),
  width: key === 'containers' ? 114 : 92,
  sort,
  align: 'right',
  render: (risk) => <Count of={risk[key]} />,
});

function ofVulnerabilities(t: TFunction, language: string): Column<Risk>[] {
  return [
    { key: 'cvss', title: 'CVSS', width: 76, align: 'right', render: (risk) => <Cvss of={risk.cvss} /> },
    {
      key: 'epss',
      title: 'EPSS',
      help: t('image:epssHelp'),
      width: 88,
      align: 'right',
      sort: 'epss',
      render: (risk) => <span className="number">{percent(risk.epss, language)}</span>,
    },
    {
      key: 'fixable',
      title: t('risks:column.fixable'),
      width: 90,
      render: (risk) => (risk.fixable ? <span className="tone-good">{t('yes')}</span> : t('no')),
    },
  ];
}

/** The columns of risks of a kind. */
export function useRiskColumns(kind: Schemas['FindingKind']): Column<Risk>[] {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(
    () => [
      ...first(t, language),
      count(t, 'images', 'images'),
      count(t, 'containers', 'containers'),
      ...(kind === 'vulnerabilities' ? ofVulnerabilities(t, language) : []),
      count(t, 'hosts'),
      count(t, 'handled'),
      {
        key: 'first_seen',
        title: t('images:column.added'),
        width: 120,
        sort: 'first_seen',
        render: (risk) => <Time at={risk.first_seen} />,
      },
      {
        key: 'last_scan',
        title: t('images:column.scanned'),
        width: 120,
        usual: false,
        render: (risk) => <Time at={risk.last_scan} />,
      },
    ],
    [t, language, kind],
  );
}
