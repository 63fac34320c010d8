// One risk: what it is, which images have it and where, and what was decided about it.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Button, Skeleton, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { inLanguage } from '@/i18n';
import { DecisionDialog } from '@/parts/decisions/DecisionDialog';
import { Block, type Fact, Facts, Prose } from '@/parts/image/Facts';
import { Decided, Revoke } from '@/parts/image/FindingDrawer';
import { Cvss, Exploited, percent } from '@/parts/image/findingColumns';
import { References } from '@/parts/image/links';
import { KINDS } from '@/parts/images/filters';
import { Missing } from '@/parts/Missing';
import { PageHead } from '@/parts/PageHead';
import { Again } from '@/parts/Refused';
import { SeverityTag } from '@/parts/Severity';
import { Copy, Count, Time, Words } from '@/parts/Values';
import { RiskImages } from './RiskImages';
import './style.css';

type Kind = Schemas['FindingKind'];
type Detail = Schemas['RiskDetail'];

/** The page. */
export default function RiskPage() {
  const { kind: word, rule } = useParams({ strict: false }) as { kind?: string; rule?: string };
  const kind = KINDS.find((known) => known === word);
  if (!kind || !rule) return <Missing />;
  return <Shown kind={kind} rule={rule} />;
}

function Shown({ kind, rule }: { kind: Kind; rule: string }) {
  const { t, i18n } = useTranslation('risk');
  const navigate = useNavigate();
  const mayDecide = useMay('operator');
  const [deciding, setDeciding] = useState(false);
  const {
    data: risk,
    error,
    refetch,
  } = useQuery({
    queryKey: ['risks', 'one', kind, rule],
    queryFn: () => data(api.GET('/api/v1/risks/{kind}/{rule}', { params: { path: { kind, rule } } })),
  });
  return (
    <div className="page">
      <PageHead
        title={
          <>
            <Words of={rule} />
            <Copy text={rule} name={t('rule')} />
          </>
        }
        about={risk && <Words of={inLanguage(risk.title, i18n.language)} />}
        actions={
          <>
            <Button onClick={() => void navigate({ to: '/decisions', search: { kind, rule } } as never)}>
              {t('history')}
            </Button>
            {mayDecide && (
              <Button type="primary" disabled={!risk} onClick={() => setDeciding(true)}>
                {t('decide')}
              </Button>
            )}
          </>
        }
      />
      {error && <Again error={error} again={refetch} />}
      {!risk && !error && <Skeleton active />}
      {risk && <Texts risk={risk} />}
      {!error && <RiskImages kind={kind} rule={rule} />}
      <DecisionDialog
        open={deciding}
        subjects={[{ kind, rule, fingerprint: '', package: '', path: '' }]}
        what={[rule]}
        close={() => setDeciding(false)}
      />
    </div>
  );
}

/** What is told of a risk. */
function Texts({ risk }: { risk: Detail }) {
  const { t } = useTranslation('risk');
  const mayDecide = useMay('operator');
  const { vulnerability } = risk;
  const facts = useFacts(risk);
  return (
    <>
      <div className="risk-marks">
        <SeverityTag severity={risk.severity} />
        <Tag>{t(`kind.${risk.kind}`)}</Tag>
        <Exploited is={risk.exploited} />
        {risk.fixable && <Tag className="tone-good">{t('fixable')}</Tag>}
        {vulnerability?.aliases.map((alias) => (
          <Tag key={alias}>{alias}</Tag>
        ))}
      </div>
      <Facts facts={facts} />
      {vulnerability?.description && (
        <Block title={t('image:description')}>
          <Prose of={vulnerability.description} />
        </Block>
      )}
      {vulnerability && vulnerability.links.length > 0 && (
        <Block title={t('image:references')}>
          <References of={vulnerability.links} />
        </Block>
      )}
      {risk.decisions.length > 0 && (
        <Block title={t('decisions')}>
          {risk.decisions.map((decision) => (
            <div key={decision.id} className="risk-decision">
              <Decided decision={decision} />
              {mayDecide && <Revoke id={decision.id} />}
            </div>
          ))}
        </Block>
      )}
    </>
  );
}

function useFacts(risk: Detail): Fact[] {
  const { t, i18n } = useTranslation('risk');
  const { vulnerability } = risk;
  const count = (key: 'images' | 'containers' | 'hosts' | 'handled'): Fact => ({
    key,
    title: t(`risks:column.${key}`),
    value: <Count of={risk[key]} />,
  });
  const scored: Fact[] = vulnerability
    ? [
        { key: 'cvss', title: 'CVSS', value: <Cvss of={risk.cvss} /> },
        { key: 'epss', title: 'EPSS', value: percent(risk.epss, i18n.language) },
        { key: 'published', title: t('image:published'), value: <Time at={vulnerability.published} /> },
      ]
    : [];
  return [
    count('images'),
    count('containers'),
    count('hosts'),
    count('handled'),
    ...scored,
    { key: 'first_seen', title: t('images:column.added'), value: <Time at={risk.first_seen} /> },
    { key: 'last_scan', title: t('images:column.scanned'), value: <Time at={risk.last_scan} /> },
  ];
}
