// Authorisation: whether only authorised images are scanned, how many may be, and who authorised what.
import { SettingOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Empty, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { type Card, Cards } from '@/parts/Cards';
import { PageHead } from '@/parts/PageHead';
import { Again } from '@/parts/Refused';
import { QueryTable } from '@/parts/table/QueryTable';
import { useLedgerColumns } from './columns';
import { GrantDialog } from './GrantDialog';
import { Rule } from './Rule';
import { SettingsForm } from './SettingsForm';
import './style.css';

type Authorisation = Schemas['Authorisation'];

/** The page. */
export default function AuthorisationPage() {
  const { t } = useTranslation('authorisation');
  const mayChange = useMay('administrator');
  const mayGrant = useMay('operator');
  const [changing, setChanging] = useState(false);
  const [granting, setGranting] = useState<'authorise' | 'withdraw'>();
  const settings = useQuery({
    queryKey: ['authorisation'],
    queryFn: () => data(api.GET('/api/v1/authorisation')),
  });
  return (
    <div className="page">
      <PageHead
        title={t('title')}
        about={t('about')}
        guide={t('guideSteps', { returnObjects: true })}
        actions={
          <>
            {mayGrant && settings.data?.enabled && (
              <>
                <Button onClick={() => setGranting('withdraw')}>{t('withdraw')}</Button>
                <Button onClick={() => setGranting('authorise')}>{t('authorise')}</Button>
              </>
            )}
            {mayChange && (
              <Button type="primary" icon={<SettingOutlined />} onClick={() => setChanging(true)}>
                {t('settings')}
              </Button>
            )}
          </>
        }
      />
      {settings.error && <Again error={settings.error} again={settings.refetch} />}
      {settings.data ? <State of={settings.data} /> : !settings.error && <Skeleton active />}
      <Ledger />
      {settings.data && (
        <SettingsForm of={settings.data} open={changing && mayChange} close={() => setChanging(false)} />
      )}
      <GrantDialog doing={granting} left={settings.data?.left ?? undefined} close={() => setGranting(undefined)} />
    </div>
  );
}

/** The numbers, and the rule for new images. */
function State({ of }: { of: Authorisation }) {
  const { t } = useTranslation('authorisation');
  if (!of.enabled)
    return <Alert type="info" showIcon title={t('isOff')} description={t('isOffHelp')} className="form-alert" />;
  const card = (key: string, value: number | undefined | null, tone: Card['tone'] = 'plain'): Card[] =>
    value === undefined || value === null ? [] : [{ key, title: t(`card.${key}`), value, tone }];
  const cards = [
    ...card('used', of.used),
    ...card('left', of.left, of.left === 0 ? 'critical' : 'good'),
    ...card('quota', of.quota),
    ...card('today', of.rule ? of.automatic_today : undefined),
  ];
  return (
    <>
      {of.left === 0 && <Alert type="warning" showIcon title={t('usedUp')} className="form-alert" />}
      <Cards cards={cards} />
      <Rule of={of.rule} quota={of.quota} />
    </>
  );
}

/** What was authorised and withdrawn, the latest first. */
function Ledger() {
  const { t } = useTranslation('authorisation');
  return (
    <QueryTable<Schemas['AuthorisationEntry']>
      name="authorisation.ledger"
      queryKey={['authorisation', 'list']}
      load={(page) => data(api.GET('/api/v1/authorisation/ledger', { params: { query: page } }))}
      toolbar={<h2 className="ledger-title">{t('ledger')}</h2>}
      columns={useLedgerColumns()}
      rowKey={(entry) => entry.id}
      empty={<Empty description={<span className="empty">{t('empty')}</span>} />}
    />
  );
}
