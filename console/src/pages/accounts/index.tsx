// The accounts: who signs in, and what they may do and see.
import { UserAddOutlined } from '@ant-design/icons';
import { Button, Empty, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { text, useFields } from '@/app/url';
import { Once } from '@/parts/once/Once';
import { PageHead } from '@/parts/PageHead';
import { nameOf, useProjects } from '@/parts/projects';
import { SearchBox } from '@/parts/SearchBox';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { Name, Time } from '@/parts/Values';
import { AccountActions } from './AccountActions';
import { AccountForm } from './AccountForm';

type Account = Schemas['Account'];
type Made = Schemas['CreatedAccount'];

const FIELDS = { search: text() };

/** The page. */
export default function Accounts() {
  const { t } = useTranslation('accounts');
  const [{ search }, change] = useFields(FIELDS);
  const mayChange = useMay('administrator');
  const [editing, setEditing] = useState<Account | 'new'>();
  const [made, setMade] = useState<Made>();
  const columns = useColumns();
  return (
    <div className="page">
      <PageHead
        title={t('title')}
        about={t('about')}
        actions={
          mayChange && (
            <Button type="primary" icon={<UserAddOutlined />} onClick={() => setEditing('new')}>
              {t('make')}
            </Button>
          )
        }
      />
      <QueryTable<Account>
        name="accounts"
        queryKey={['accounts', 'list', search]}
        load={(page) => data(api.GET('/api/v1/accounts', { params: { query: { search, ...page } } }))}
        columns={columns}
        rowKey={(account) => account.id}
        toolbar={
          <div className="filters">
            <SearchBox
              fields={[{ key: 'search', title: t('login'), hint: t('searchHint') }]}
              values={{ search }}
              search={change}
            />
          </div>
        }
        actions={
          mayChange
            ? (account) => <AccountActions account={account} edit={() => setEditing(account)} tell={setMade} />
            : undefined
        }
        actionsWidth={190}
        actionsTitle={t('operations')}
        empty={<Empty description={t('nothingFits')} />}
      />
      <AccountForm editing={editing} tell={setMade} close={() => setEditing(undefined)} />
      <Once
        title={t('passwordOf', { login: made?.account.login })}
        about={t('passwordHelp')}
        value={made?.password ?? undefined}
        close={() => setMade(undefined)}
      />
    </div>
  );
}

function useColumns(): Column<Account>[] {
  const { t } = useTranslation('accounts');
  const projects = useProjects();
  return useMemo(
    () => [
      { key: 'login', title: t('login'), width: 180, pinned: true, render: (row) => <Name of={row.login} strong /> },
      { key: 'role', title: t('roleTitle'), width: 110, render: (row) => t(`role.${row.role}`) },
      {
        key: 'projects',
        title: t('projects'),
        width: 200,
        render: (row) =>
          row.all_projects ? (
            t('allProjects')
          ) : (
            <Name of={row.projects.map((id) => nameOf(projects, id)).join(', ') || t('noProjects')} />
          ),
      },
      { key: 'state', title: t('state'), width: 190, render: (row) => <State account={row} /> },
      { key: 'language', title: t('language'), width: 100, render: (row) => t(`language_.${row.language}`) },
      { key: 'created', title: t('created'), width: 130, render: (row) => <Time at={row.created} /> },
    ],
    [t, projects],
  );
}

/** Whether anybody can sign in with it. */
function State({ account }: { account: Account }) {
  const { t } = useTranslation('accounts');
  const locked = account.locked_until && account.locked_until > Date.now();
  return (
    <>
      {account.disabled ? <Tag>{t('disabled')}</Tag> : <span className="tone-good">{t('active')} </span>}
      {locked && (
        <span className="tone-critical">
          {t('lockedUntil')} <Time at={account.locked_until} />
        </span>
      )}
      {account.must_change_password && <span className="quiet"> {t('mustChange')}</span>}
    </>
  );
}
