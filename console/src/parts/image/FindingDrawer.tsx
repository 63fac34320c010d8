// One finding of an image, above the image: what is wrong, why it is said, where it is, and what was decided.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Skeleton, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { inLanguage } from '@/i18n';
import { DecisionDialog } from '@/parts/decisions/DecisionDialog';
import { Again, useWords } from '@/parts/Refused';
import { SeverityTag } from '@/parts/Severity';
import { Name, Time, Words } from '@/parts/Values';
import { Block } from './Facts';
import { FindingBody } from './FindingBody';
import { Exploited } from './findingColumns';
import { called, type ImageFinding, subjectOf } from './findings';
import type { ImageDetail } from './ImageView';
import { RiskLink } from './links';

type Detail = Schemas['ImageFindingDetail'];
type Shown = { image: ImageDetail; fingerprint: string | undefined; close: () => void };

/** The drawer. */
export function FindingDrawer({ image, fingerprint, close }: Shown) {
  const { t, i18n } = useTranslation('image');
  const {
    data: detail,
    error,
    refetch,
  } = useQuery({
    queryKey: ['images', 'one', image.id, 'finding', fingerprint],
    queryFn: () => {
      const path = { id: image.id, fingerprint: fingerprint ?? '' };
      return data(api.GET('/api/v1/images/{id}/findings/{fingerprint}', { params: { path } }));
    },
    enabled: fingerprint !== undefined,
  });
  const row = detail?.row;
  return (
    <Drawer
      open={fingerprint !== undefined}
      onClose={close}
      size="min(760px, 92vw)"
      destroyOnHidden
      title={
        <span className="finding-title">
          {row && <SeverityTag severity={row.severity} />}
          <Name of={row ? inLanguage(row.title, i18n.language) || row.rule : t('finding')} strong />
        </span>
      }
    >
      {error && <Again error={error} again={refetch} />}
      {!detail && !error && <Skeleton active />}
      {detail && <Whole image={image} detail={detail} />}
    </Drawer>
  );
}

function Whole({ image, detail }: { image: ImageDetail; detail: Detail }) {
  const { t } = useTranslation('image');
  const { row } = detail;
  return (
    <div className="finding">
      <div className="image-marks">
        <RiskLink kind={row.kind} rule={row.rule}>
          <Words of={row.rule} />
        </RiskLink>
        {row.aliases.map((alias) => (
          <Tag key={alias}>{alias}</Tag>
        ))}
        <Exploited is={row.exploited} />
        {row.from_base && <Tag>{t('fromBase')}</Tag>}
        <span className="grow" />
        <Decide image={image} row={row} />
      </div>
      <Handled row={row} />
      <FindingBody detail={detail} />
      {detail.history.length > 0 && (
        <Block title={t('history')}>
          <ul className="lines">
            {detail.history.map((event) => (
              <li key={`${event.at} ${event.action}`}>
                <Time at={event.at} whole /> · {t(`event.${event.action}`, { defaultValue: event.action })} ·{' '}
                {event.actor || t('byTime')}
                {event.remark && (
                  <div>
                    <Words of={event.remark} quiet />
                  </div>
                )}
              </li>
            ))}
          </ul>
        </Block>
      )}
    </div>
  );
}

/** Decides about a finding, or takes the decision back. */
function Decide({ image, row }: { image: ImageDetail; row: ImageFinding }) {
  const { t } = useTranslation('image');
  const mayDecide = useMay('operator');
  const [whole, setWhole] = useState<boolean>();
  if (!mayDecide) return null;
  if (row.decision) return <Revoke id={row.decision.id} />;
  if (row.state === 'handled') return null;
  const { kind, rule } = row;
  return (
    <>
      <Button onClick={() => setWhole(true)}>{t('decideRule')}</Button>
      <Button type="primary" onClick={() => setWhole(false)}>
        {t('decide')}
      </Button>
      <DecisionDialog
        open={whole !== undefined}
        subjects={[whole ? { kind, rule, fingerprint: '', package: '', path: '' } : subjectOf(row)]}
        what={[whole ? rule : called(row)]}
        images={[image.id]}
        close={() => setWhole(undefined)}
      />
    </>
  );
}

/** Takes a decision back, after asking. */
export function Revoke({ id }: { id: number }) {
  const { t } = useTranslation('image');
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const words = useWords();
  const revoke = useMutation({
    mutationFn: () => data(api.POST('/api/v1/decisions/{id}/revoke', { params: { path: { id } }, body: {} })),
    onSuccess: async () => {
      message.success(t('revoked'));
      for (const name of ['images', 'risks', 'decisions']) await client.invalidateQueries({ queryKey: [name] });
    },
    onError: (error) => {
      message.error(words(error).detail ?? words(error).title);
    },
  });
  const ask = () =>
    modal.confirm({
      title: t('revokeTitle'),
      content: <Covered id={id} />,
      okText: t('revoke'),
      onOk: () => revoke.mutateAsync(),
    });
  return (
    <Button loading={revoke.isPending} onClick={() => void ask()}>
      {t('revoke')}
    </Button>
  );
}

/** How much counts again without a decision. */
function Covered({ id }: { id: number }) {
  const { t } = useTranslation('image');
  const { data: detail } = useQuery({
    queryKey: ['decisions', 'one', id],
    queryFn: () => data(api.GET('/api/v1/decisions/{id}', { params: { path: { id } } })),
  });
  if (!detail) return <Skeleton active title={false} paragraph={{ rows: 1 }} />;
  return <>{t('revokeHelp', { findings: detail.findings, images: detail.images })}</>;
}

/** Why a finding does not count. */
function Handled({ row }: { row: ImageFinding }) {
  const { t } = useTranslation('image');
  if (row.decision) return <Decided decision={row.decision} />;
  if (!row.suppressed) return null;
  const { status, source, reason, until } = row.suppressed;
  return (
    <Alert
      type="info"
      title={t(`suppressed.${status}`)}
      description={
        <>
          <Words of={reason} />
          <div className="quiet">{[source, until && t('untilDay', { day: until })].filter(Boolean).join(' · ')}</div>
        </>
      }
    />
  );
}

/** A decision that holds: what, who, until when, why. */
export function Decided({ decision }: { decision: Schemas['AppliedDecision'] }) {
  const { t } = useTranslation('image');
  return (
    <Alert
      type="info"
      title={t(`decisions:action_.${decision.action}`, { defaultValue: decision.action })}
      description={
        <>
          <div className="quiet">
            {decision.created_by} · <Time at={decision.created} whole /> ·{' '}
            {decision.until ? (
              <>
                {t('until')} <Time at={decision.until} whole />
              </>
            ) : (
              t(decision.until_fix ? 'untilFix' : 'endless')
            )}
          </div>
          {decision.remark && <Words of={decision.remark} />}
        </>
      }
    />
  );
}
