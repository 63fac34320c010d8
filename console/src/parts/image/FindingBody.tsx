// What is told of a finding: its words, why it is said, where it is; each kind has its own.
import { Table } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { SeverityTag } from '@/parts/Severity';
import { Bytes, Code, Digest, Name, Time, Words } from '@/parts/Values';
import { Block, type Fact, Facts, Lines, Prose } from './Facts';
import { percent, Unfixed } from './findingColumns';
import { References } from './links';

type Detail = Schemas['ImageFindingDetail'];
type Finding = Schemas['Finding'];
type Of<Kind extends Finding['kind']> = Extract<Finding, { kind: Kind }>;
type Told = { description: string; advice: string; evidence?: ReactNode; paths: string[]; references: string[] };

/** The body. */
export function FindingBody({ detail }: { detail: Detail }) {
  const { t, i18n } = useTranslation('image');
  const { finding, row } = detail;
  const words = wordsOf(finding, i18n.language);
  const facts = useFacts(detail);
  return (
    <>
      <Facts facts={facts} />
      {words.description && (
        <Block title={t('description')}>
          <Prose of={words.description} />
        </Block>
      )}
      {words.advice && (
        <Block title={t('advice')}>
          <Prose of={words.advice} />
        </Block>
      )}
      {words.evidence && <Block title={t('evidence')}>{words.evidence}</Block>}
      {finding.kind === 'vulnerabilities' && <Ratings finding={finding} />}
      {words.paths.length > 0 && (
        <Block title={t('where')}>
          <Lines of={words.paths} />
        </Block>
      )}
      {(finding.layer || detail.instruction) && (
        <Block title={t('broughtBy')}>
          {row.layer !== null && row.layer !== undefined && (
            <div>
              {t('layerNumber', { number: row.layer + 1 })} <Digest of={finding.layer} />
            </div>
          )}
          {detail.instruction && <Code of={detail.instruction} className="code wrap" />}
        </Block>
      )}
      {words.references.length > 0 && (
        <Block title={t('references')}>
          <References of={words.references} />
        </Block>
      )}
    </>
  );
}

/** The words of a finding, whatever its kind. */
function wordsOf(finding: Finding, language: string): Told {
  const advice = inLanguage(finding.advice, language);
  const code = (text: string) => text && <Code of={text} className="code wrap" />;
  if (finding.kind === 'vulnerabilities') {
    const references = finding.references.map(({ url }) => url);
    const { description, paths } = finding;
    return { description, advice, evidence: code(finding.evidence), paths, references };
  }
  const description = inLanguage(finding.description, language);
  if (finding.kind === 'malware') {
    return { description, advice, paths: [finding.path], references: finding.references };
  }
  if (finding.kind === 'secrets') {
    const place = finding.line ? `${finding.path}:${finding.line}` : finding.path;
    return { description, advice, evidence: code(finding.masked), paths: place ? [place] : [], references: [] };
  }
  if (finding.kind === 'baseline') {
    const { paths, references } = finding;
    return { description, advice, evidence: <Expected finding={finding} />, paths, references };
  }
  if (finding.kind === 'compliance') {
    return { description, advice, paths: finding.paths, references: finding.references };
  }
  return { description, advice, paths: [], references: [] };
}

/** Where a secret was found: a file, or a part of the configuration with its name. */
function Place({ of }: { of: string }) {
  const { t } = useTranslation('image');
  const [word = '', ...rest] = of.split(' ');
  return <Name of={[t(`place_.${word}`, { defaultValue: word }), ...rest].join(' ')} />;
}

/** What was found and what should be, side by side. */
function Expected({ finding }: { finding: Of<'baseline'> }) {
  const { t, i18n } = useTranslation('image');
  const text = (of: Schemas['Text']) => inLanguage(of, i18n.language) || of.en;
  return (
    <dl className="expected">
      <dt>{t('actual')}</dt>
      <dd className="tone-high">
        <Words of={text(finding.actual)} />
      </dd>
      <dt>{t('expected')}</dt>
      <dd className="tone-good">
        <Words of={text(finding.expected)} />
      </dd>
    </dl>
  );
}

/** What is told of every finding. */
function useFacts({ finding, row }: Detail): Fact[] {
  const { t } = useTranslation('image');
  const own = useOwnFacts(finding);
  return [...own, { key: 'first_seen', title: t('images:column.added'), value: <Time at={row.first_seen} whole /> }];
}

/** What is told of findings of its kind only. */
function useOwnFacts(finding: Finding): Fact[] {
  const { t } = useTranslation('image');
  const vulnerability = useVulnerabilityFacts(finding);
  const name = (key: string, title: string, text: string | null | undefined): Fact => ({
    key,
    title,
    value: text ? <Name of={text} /> : undefined,
  });
  const visible = (is: boolean): Fact => ({
    key: 'visible',
    title: t('visible'),
    value: is ? undefined : t('historyOnly'),
  });
  switch (finding.kind) {
    case 'malware':
      return [
        { key: 'class', title: t('class'), value: t(`class_.${finding.class}`) },
        name('family', t('family'), finding.family),
        { key: 'engine', title: t('engine'), value: t(`engine_.${finding.engine}`, { defaultValue: finding.engine }) },
        { key: 'size', title: t('images:column.size'), value: <Bytes size={finding.size} /> },
        { key: 'sha256', title: 'SHA-256', value: <Digest of={finding.sha256} /> },
        { key: 'md5', title: 'MD5', value: <Digest of={finding.md5} /> },
        visible(finding.visible),
      ];
    case 'secrets':
      return [{ key: 'place', title: t('place'), value: <Place of={finding.place} /> }, visible(finding.visible)];
    case 'baseline':
      return [
        {
          key: 'category',
          title: t('category'),
          value: t(`category_.${finding.category}`, { defaultValue: finding.category }),
        },
        { key: 'standards', title: t('standards'), value: finding.standards.join(' · '), wide: true },
      ];
    case 'compliance':
      return [
        { key: 'forbidden', title: t('forbidden'), value: t(`forbidden_.${finding.forbidden}`) },
        name('package', t('package'), finding.package),
        name('version', t('installed'), finding.version),
        name('license', t('license'), finding.license),
      ];
    default:
      return vulnerability;
  }
}

function useVulnerabilityFacts(finding: Finding): Fact[] {
  const { t, i18n } = useTranslation('image');
  if (finding.kind !== 'vulnerabilities') return [];
  const { epss, kev, fixed_version: fixed } = finding;
  const share = (of: number) => percent(of, i18n.language);
  return [
    { key: 'package', title: t('package'), value: <Name of={`${finding.package} (${finding.package_type})`} /> },
    { key: 'source', title: t('sourcePackage'), value: finding.source_package && <Name of={finding.source_package} /> },
    { key: 'installed', title: t('installed'), value: <Name of={finding.installed_version} /> },
    {
      key: 'fixed',
      title: t('fixedIn'),
      value: fixed ? <Name of={fixed} strong /> : <Unfixed status={finding.status} />,
    },
    { key: 'published', title: t('published'), value: finding.published && <Time at={finding.published} whole /> },
    {
      key: 'epss',
      title: 'EPSS',
      value: epss && t('epssOf', { score: share(epss.score), percentile: share(epss.percentile) }),
    },
    { key: 'cwes', title: 'CWE', value: finding.cwes.join(', ') },
    { key: 'advisories', title: t('records'), value: finding.advisories.join(', '), wide: true },
    { key: 'purl', title: t('purl'), value: <Code of={finding.purl} />, wide: true },
    {
      key: 'kev',
      title: t('kev'),
      value: kev && (
        <>
          {t('kevSince', { added: kev.date_added, due: kev.due_date })}
          {kev.ransomware && ` · ${t('ransomware')}`}
          <div>
            <Words of={kev.required_action} />
          </div>
        </>
      ),
      wide: true,
    },
  ];
}

/** Who rated it, and how. */
function Ratings({ finding }: { finding: Of<'vulnerabilities'> }) {
  const { t } = useTranslation('image');
  if (finding.ratings.length === 0) return null;
  return (
    <Block title={t('ratings')}>
      <Table
        size="small"
        pagination={false}
        rowKey={(rating) => `${rating.source} ${rating.vector ?? ''}`}
        dataSource={finding.ratings}
        columns={[
          {
            key: 'source',
            title: t('ratedBy'),
            render: (_, { source }) => (source === finding.severity_source ? <strong>{source}</strong> : source),
          },
          {
            key: 'severity',
            title: t('severityTitle'),
            render: (_, { severity }) => <SeverityTag severity={severity} />,
          },
          { key: 'score', title: t('score'), align: 'right', render: (_, { score }) => score ?? '—' },
          {
            key: 'vector',
            title: t('vector'),
            render: (_, { vector }) => <Code of={vector ?? '—'} />,
          },
        ]}
      />
    </Block>
  );
}
