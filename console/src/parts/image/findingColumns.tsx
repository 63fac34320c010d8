// What lists of findings show of each, by kind.
import { Button, Tag, Tooltip } from 'antd';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { SeverityTag } from '@/parts/Severity';
import type { Column } from '@/parts/table/columns';
import { Name, Time } from '@/parts/Values';
import type { FindingKind, ImageFinding } from './findings';

/** A share as a percentage with one digit. */
export function percent(share: number | null | undefined, language: string): string {
  if (share === null || share === undefined) return '—';
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(share);
}

/** A score of CVSS. */
export function Cvss({ of }: { of: number | null | undefined }) {
  if (of === null || of === undefined) return <span className="quiet">—</span>;
  return <span className="number">{of.toFixed(1)}</span>;
}

/** The mark of what is known to be exploited. */
export function Exploited({ is }: { is: boolean }) {
  const { t } = useTranslation('image');
  if (!is) return null;
  return (
    <Tooltip title={t('exploitedHelp')}>
      <Tag color="red">{t('exploited')}</Tag>
    </Tooltip>
  );
}

/** Whether a finding counts, and what was decided when it does not. */
export function State({ finding }: { finding: ImageFinding }) {
  const { t } = useTranslation('image');
  if (finding.state === 'open') return <span>{t('state_.open')}</span>;
  const action = finding.decision?.action;
  if (action) return <Tag>{t(`decisions:action_.${action}`, { defaultValue: action })}</Tag>;
  if (finding.suppressed) return <Tag>{t(`suppressed.${finding.suppressed.status}`)}</Tag>;
  return <Tag>{t('state_.handled')}</Tag>;
}

type Open = (finding: ImageFinding) => void;

function first(t: TFunction, open: Open): Column<ImageFinding>[] {
  return [
    {
      key: 'rule',
      title: t('image:rule'),
      width: 210,
      pinned: true,
      render: (finding) => (
        <span className="image-name">
          <Button type="link" size="small" className="inline-button" onClick={() => open(finding)}>
            <Name of={finding.rule} />
          </Button>
          <Exploited is={finding.exploited} />
        </span>
      ),
    },
    {
      key: 'severity',
      title: t('image:severityTitle'),
      width: 96,
      sort: 'severity',
      render: (finding) => <SeverityTag severity={finding.severity} />,
    },
  ];
}

function last(t: TFunction): Column<ImageFinding>[] {
  return [
    {
      key: 'layer',
      title: t('image:layer'),
      width: 76,
      align: 'right',
      usual: false,
      render: ({ layer }) => (layer === null || layer === undefined ? '—' : layer + 1),
    },
    {
      key: 'base',
      title: t('image:origin'),
      width: 110,
      usual: false,
      render: ({ from_base }) => (from_base ? t('image:fromBase') : '—'),
    },
    {
      key: 'first_seen',
      title: t('images:column.added'),
      width: 120,
      sort: 'first_seen',
      usual: false,
      render: (finding) => <Time at={finding.first_seen} />,
    },
    { key: 'state', title: t('image:stateTitle'), width: 110, render: (finding) => <State finding={finding} /> },
  ];
}

const title = (t: TFunction, language: string, width = 320): Column<ImageFinding> => ({
  key: 'title',
  title: t('image:what'),
  width,
  render: (finding) => <Name of={inLanguage(finding.title, language)} />,
});

const path = (t: TFunction, usual = true): Column<ImageFinding> => ({
  key: 'path',
  title: t('image:path'),
  width: 300,
  sort: 'path',
  usual,
  render: (finding) => <Name of={finding.path} />,
});

const ofPackage = (t: TFunction): Column<ImageFinding>[] => [
  {
    key: 'package',
    title: t('image:package'),
    width: 190,
    sort: 'package',
    render: (finding) => <Name of={finding.package} strong />,
  },
  { key: 'version', title: t('image:installed'), width: 150, render: (finding) => <Name of={finding.version} /> },
];

/** The columns that only vulnerabilities have. */
function ofVulnerabilities(t: TFunction, language: string): Column<ImageFinding>[] {
  return [
    {
      key: 'fixed',
      title: t('image:fixedIn'),
      width: 160,
      render: ({ fixed_version, status }) =>
        fixed_version ? <Name of={fixed_version} /> : <Unfixed status={status} />,
    },
    { key: 'cvss', title: 'CVSS', width: 76, align: 'right', render: (finding) => <Cvss of={finding.cvss} /> },
    {
      key: 'epss',
      title: 'EPSS',
      help: t('image:epssHelp'),
      width: 84,
      align: 'right',
      usual: false,
      render: (finding) => <span className="number">{percent(finding.epss, language)}</span>,
    },
    {
      key: 'risk',
      title: t('image:riskScore'),
      help: t('image:riskScoreHelp'),
      width: 96,
      align: 'right',
      sort: 'risk',
      usual: false,
      render: (finding) => <span className="number">{finding.risk.toFixed(1)}</span>,
    },
    {
      key: 'published',
      title: t('image:published'),
      width: 120,
      usual: false,
      render: (finding) => <Time at={finding.published} />,
    },
  ];
}

/** Why there is no version that mends it. */
export function Unfixed({ status }: { status: Schemas['FixStatus'] | null | undefined }) {
  const { t } = useTranslation('image');
  return <span className="quiet">{status ? t(`fixStatus.${status}`) : '—'}</span>;
}

/** The columns of findings of a kind. */
export function useFindingColumns(kind: FindingKind, open: Open): Column<ImageFinding>[] {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  // biome-ignore lint/correctness/useExhaustiveDependencies: how a finding is opened stays the same
  return useMemo(() => {
    const [before, after] = [first(t, open), last(t)];
    if (kind === 'vulnerabilities') {
      const more = ofVulnerabilities(t, language);
      return [...before, ...ofPackage(t), ...more, title(t, language, 300), path(t, false), ...after];
    }
    if (kind === 'compliance') return [...before, ...ofPackage(t), title(t, language), path(t), ...after];
    if (kind === 'base-image') return [...before, title(t, language, 460), ...after];
    return [...before, title(t, language), path(t), ...after];
  }, [t, language, kind]);
}
