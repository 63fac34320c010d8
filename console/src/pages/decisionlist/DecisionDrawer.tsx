// One decision: what it covers now, what happened to it, and how to change it or take it back.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Descriptions, Drawer, Skeleton, Space, Timeline, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { Again } from '@/parts/Refused';
import { Code, Count, Digest, Time, Words } from '@/parts/Values';
import { ChangeDecision } from './ChangeDecision';
import { RevokeDecision } from './RevokeDecision';
import { State, Until, useScope } from './words';

type Detail = Schemas['DecisionDetail'];

/** The drawer of the decision that is open. */
export function DecisionDrawer({ id, close }: { id: number | undefined; close: () => void }) {
  const { t } = useTranslation('decisionlist');
  const mayDecide = useMay('operator');
  const [doing, setDoing] = useState<'change' | 'revoke'>();
  const asked = useQuery({
    queryKey: ['decisions', 'one', id],
    queryFn: () => data(api.GET('/api/v1/decisions/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== undefined,
  });
  const detail = asked.data;
  const mayChange = mayDecide && detail && detail.decision.state !== 'revoked';
  const actions = mayChange && (
    <Space>
      <Button onClick={() => setDoing('change')}>{t('change')}</Button>
      <Button danger onClick={() => setDoing('revoke')}>
        {t('revoke')}
      </Button>
    </Space>
  );
  const stop = () => setDoing(undefined);
  return (
    <Drawer
      open={id !== undefined}
      onClose={close}
      size="min(760px, 92vw)"
      destroyOnHidden
      title={t('drawerTitle', { id })}
      extra={actions}
    >
      {asked.error && <Again error={asked.error} again={asked.refetch} />}
      {asked.isPending && <Skeleton active />}
      {detail && (
        <>
          <Facts detail={detail} />
          <History events={detail.history} />
          <ChangeDecision open={doing === 'change'} decision={detail.decision} close={stop} />
          <RevokeDecision open={doing === 'revoke'} detail={detail} close={stop} />
        </>
      )}
    </Drawer>
  );
}

/** What was decided, and what it covers now. */
function Facts({ detail: { decision, images, findings } }: { detail: Detail }) {
  const { t } = useTranslation('decisionlist');
  const scope = useScope();
  const { subject } = decision;
  const code = (text: string | undefined) => text && <Code of={text} />;
  const rule = subject.rule && (
    <Link to={`/risks/${subject.kind}/${encodeURIComponent(subject.rule)}` as '/'}>{code(subject.rule)}</Link>
  );
  const items = [
    { key: 'state', label: t('state'), children: <State of={decision} /> },
    { key: 'action', label: t('action'), children: t(`decisions:action_.${decision.action}`) },
    { key: 'kind', label: t('kindTitle'), children: t(`kind.${subject.kind}`) },
    ...(rule ? [{ key: 'rule', label: t('field.rule'), children: rule }] : []),
    ...(subject.package ? [{ key: 'package', label: t('package'), children: code(subject.package) }] : []),
    ...(subject.path ? [{ key: 'path', label: t('path'), children: code(subject.path) }] : []),
    ...(subject.fingerprint
      ? [{ key: 'fingerprint', label: t('field.fingerprint'), children: <Digest of={subject.fingerprint} /> }]
      : []),
    { key: 'scope', label: t('scope'), children: <Words of={scope(decision)} /> },
    { key: 'until', label: t('until'), children: <Until of={decision} /> },
    { key: 'findings', label: t('covers'), children: <Covers images={images} findings={findings} /> },
    { key: 'by', label: t('by'), children: <Words of={decision.created_by} /> },
    { key: 'created', label: t('created'), children: <Time at={decision.created} whole /> },
    { key: 'remark', label: t('remark'), children: <Words of={decision.remark || '—'} /> },
  ];
  return <Descriptions size="small" column={1} items={items} className="decision-facts" />;
}

function Covers({ images, findings }: { images: number; findings: number }) {
  const { t } = useTranslation('decisionlist');
  return (
    <span>
      {t('findings')} <Count of={findings} /> · {t('images')} <Count of={images} />
    </span>
  );
}

/** Who did what to it. */
function History({ events }: { events: Schemas['DecisionEvent'][] }) {
  const { t } = useTranslation('decisionlist');
  return (
    <>
      <Typography.Title level={2} className="decision-history">
        {t('history')}
      </Typography.Title>
      <Timeline
        items={events.map((event) => ({
          key: `${event.at} ${event.action}`,
          content: (
            <>
              <div>
                <strong>{t(`happened.${event.action}`, { defaultValue: event.action })}</strong>{' '}
                <Words of={event.actor} /> <Time at={event.at} whole />
              </div>
              {event.remark && <Words of={event.remark} quiet />}
            </>
          ),
        }))}
      />
    </>
  );
}
