// What came of a comparison: findings that are new or gone, packages and settings that changed.
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { Block, Lines } from '@/parts/image/Facts';
import { RiskLink } from '@/parts/image/links';
import { SmallTable } from '@/parts/image/SmallTable';
import { SeverityTag } from '@/parts/Severity';
import { type Tab, TabBar } from '@/parts/tabs/TabBar';
import { Count, Name } from '@/parts/Values';
import { Packages } from './Packages';
import { Sides } from './Sides';

type Compared = Schemas['Comparison'];
type Kind = Schemas['FindingComparison'];
type Found = Schemas['ComparedFinding'];

type Shown = { comparison: Compared; part: string | undefined; choose: (part: string) => void };

/** The comparison. */
export function Comparison({ comparison, part, choose }: Shown) {
  const { t } = useTranslation('compare');
  const { findings, packages_added, packages_removed, packages_changed, configuration } = comparison;
  const packages = packages_added.length + packages_removed.length + packages_changed.length;
  const tabs: Tab[] = [
    { key: 'summary', title: t('summary'), children: <Summary comparison={comparison} packages={packages} /> },
    ...findings.map((kind) => ({
      key: kind.kind,
      title: t(`kind.${kind.kind}`),
      count: kind.new + kind.gone,
      children: <Changes kind={kind} />,
    })),
    { key: 'packages', title: t('packages'), count: packages, children: <Packages comparison={comparison} /> },
    {
      key: 'configuration',
      title: t('configuration'),
      count: configuration.length,
      children: <Settings changes={configuration} />,
    },
  ];
  return (
    <>
      <Sides comparison={comparison} />
      {comparison.cut && <Alert type="warning" showIcon title={t('cut')} className="gaps" />}
      <TabBar name={t('title')} tabs={tabs} chosen={part} choose={choose} />
    </>
  );
}

/** All of it in numbers. */
function Summary({ comparison, packages }: { comparison: Compared; packages: number }) {
  const { t } = useTranslation('compare');
  const changed = (count: number, tone: string) => (
    <span className={count > 0 ? tone : 'quiet'}>
      <Count of={count} />
    </span>
  );
  return (
    <>
      <SmallTable<Kind>
        rowKey="kind"
        dataSource={comparison.findings}
        columns={[
          { key: 'kind', title: t('findings'), render: (_, kind) => t(`kind.${kind.kind}`) },
          { key: 'new', title: t('new'), align: 'right', render: (_, kind) => changed(kind.new, 'tone-critical') },
          { key: 'gone', title: t('gone'), align: 'right', render: (_, kind) => changed(kind.gone, 'tone-good') },
          { key: 'same', title: t('same'), align: 'right', render: (_, kind) => <Count of={kind.same} /> },
        ]}
      />
      <p className="quiet">{t('others', { packages, settings: comparison.configuration.length })}</p>
    </>
  );
}

/** The findings of a kind that are on one side only. */
function Changes({ kind }: { kind: Kind }) {
  const { t } = useTranslation('compare');
  return (
    <>
      <Block title={t('newCount', { count: kind.new })}>
        <Findings kind={kind.kind} found={kind.new_findings} />
      </Block>
      <Block title={t('goneCount', { count: kind.gone })}>
        <Findings kind={kind.kind} found={kind.gone_findings} />
      </Block>
      <p className="quiet">{t('sameCount', { count: kind.same })}</p>
    </>
  );
}

function Findings({ kind, found }: { kind: Schemas['FindingKind']; found: Found[] }) {
  const { t, i18n } = useTranslation('compare');
  return (
    <SmallTable<Found>
      rowKey={(row) => `${row.rule} ${row.package} ${row.version} ${row.path}`}
      dataSource={found}
      scroll={{ x: 900 }}
      locale={{ emptyText: t('none') }}
      columns={[
        {
          key: 'rule',
          title: t('image:rule'),
          width: 190,
          render: (_, row) => (
            <RiskLink kind={kind} rule={row.rule}>
              <Name of={row.rule} />
            </RiskLink>
          ),
        },
        {
          key: 'severity',
          title: t('image:severityTitle'),
          width: 100,
          render: (_, row) => <SeverityTag severity={row.severity} />,
        },
        {
          key: 'title',
          title: t('image:what'),
          render: (_, row) => <Name of={inLanguage(row.title, i18n.language)} />,
        },
        {
          key: 'package',
          title: t('image:package'),
          width: 220,
          render: (_, row) => <Name of={[row.package, row.version].filter(Boolean).join(' ')} />,
        },
        { key: 'path', title: t('image:path'), width: 220, render: (_, row) => <Name of={row.path} /> },
      ]}
    />
  );
}

/** The settings that changed. */
function Settings({ changes }: { changes: Schemas['ConfigurationChange'][] }) {
  const { t } = useTranslation('compare');
  return (
    <SmallTable<Schemas['ConfigurationChange']>
      rowKey="setting"
      dataSource={changes}
      locale={{ emptyText: t('none') }}
      columns={[
        {
          key: 'setting',
          title: t('setting'),
          width: 150,
          render: (_, { setting }) => t(`image:setting.${setting}`, { defaultValue: setting }),
        },
        { key: 'left', title: t('left'), render: (_, { left }) => <Lines of={left} /> },
        { key: 'right', title: t('right'), render: (_, { right }) => <Lines of={right} /> },
      ]}
    />
  );
}
