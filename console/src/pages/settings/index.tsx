// The server as it is, and how the console looks to who uses it.
import { useQuery } from '@tanstack/react-query';
import { App, Button, Descriptions, Radio, Select, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useKeptLanguage } from '@/app/language';
import { useChosenLook } from '@/app/look';
import { PasswordForm } from '@/app/PasswordForm';
import { usePreferences } from '@/app/preferences';
import { useMe } from '@/app/session';
import { LANGUAGES, type Language, speak } from '@/i18n';
import { PageHead } from '@/parts/PageHead';
import { Again } from '@/parts/Refused';
import { SIZES, USUAL_SIZE } from '@/parts/table/Paging';
import { Count, Time } from '@/parts/Values';
import './style.css';

const LOOKS = ['system', 'light', 'dark'] as const;
const NAMES: Record<Language, string> = { en: 'English', zh: '简体中文' };

/** The page. */
export default function Settings() {
  const { t } = useTranslation('settings');
  const { message } = App.useApp();
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} />
      <div className="settings">
        <Panel title={t('server')}>
          <Server />
        </Panel>
        <Panel title={t('console')}>
          <Choices />
        </Panel>
        <Panel title={t('changePassword')}>
          <p className="quiet">{t('passwordHelp')}</p>
          <PasswordForm done={() => void message.success(t('passwordChanged'))} />
        </Panel>
      </div>
    </div>
  );
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="settings-panel" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** What the server tells of itself. */
function Server() {
  const { t } = useTranslation('settings');
  const {
    data: system,
    error,
    refetch,
  } = useQuery({
    queryKey: ['system'],
    queryFn: () => data(api.GET('/api/v1/system')),
  });
  if (error) return <Again error={error} again={refetch} />;
  if (!system) return <Skeleton active />;
  const items = [
    { key: 'version', label: t('version'), children: <code>{system.version}</code> },
    {
      key: 'database',
      label: t('database'),
      children: t(`database_.${system.database}`, { defaultValue: system.database }),
    },
    { key: 'advisories', label: t('advisories'), children: <Time at={system.advisories} /> },
    { key: 'images', label: t('images'), children: <Count of={system.images} /> },
    { key: 'containers', label: t('containers'), children: <Count of={system.containers} /> },
    { key: 'hosts', label: t('hosts'), children: <Count of={system.hosts} /> },
  ];
  return <Descriptions size="small" column={1} items={items} />;
}

/** What a person chooses: kept with the account, but for the look, which is kept in the browser. */
function Choices() {
  const { t, i18n } = useTranslation('settings');
  const { message } = App.useApp();
  const { login, role } = useMe();
  const { look, choose } = useChosenLook();
  const { preferences, remember } = usePreferences();
  const keep = useKeptLanguage();
  const change = (language: Language) => {
    void speak(language);
    keep(language);
  };
  const reset = () => {
    remember(({ tables: _tables, ...kept }) => kept);
    message.success(t('columnsReset'));
  };
  const row = (label: string, choice: ReactNode) => (
    <div className="settings-row">
      <span>{label}</span>
      {choice}
    </div>
  );
  return (
    <>
      {row(t('account'), <bdi>{`${login} · ${t(`role.${role}`)}`}</bdi>)}
      {row(
        t('language'),
        <Radio.Group
          aria-label={t('language')}
          value={i18n.language}
          options={LANGUAGES.map((value) => ({ value, label: <span lang={value}>{NAMES[value]}</span> }))}
          onChange={(event) => change(event.target.value)}
        />,
      )}
      {row(
        t('look'),
        <Radio.Group
          aria-label={t('look')}
          value={look}
          options={LOOKS.map((value) => ({ value, label: t(`look_.${value}`) }))}
          onChange={(event) => choose(event.target.value)}
        />,
      )}
      {row(
        t('pageSize'),
        <Select
          aria-label={t('pageSize')}
          value={SIZES.find((size) => size === preferences.pageSize) ?? USUAL_SIZE}
          options={SIZES.map((value) => ({ value, label: t('perPage', { count: value }) }))}
          onChange={(pageSize) => remember((kept) => ({ ...kept, pageSize }))}
        />,
      )}
      {row(t('tableColumns'), <Button onClick={reset}>{t('resetColumns')}</Button>)}
    </>
  );
}
