// The tokens by which programs speak for an account.
import { PlusOutlined } from '@ant-design/icons';
import { App, Button, Checkbox, Empty } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { flag, useFields } from '@/app/url';
import { useAct } from '@/parts/act';
import { Once } from '@/parts/once/Once';
import { PageHead } from '@/parts/PageHead';
import { nameOf, useProjects } from '@/parts/projects';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { Name, Time } from '@/parts/Values';
import { TokenForm } from './TokenForm';

type Token = Schemas['Token'];

const FIELDS = { all: flag() };

/** The page. */
export default function Tokens() {
  const { t } = useTranslation('tokens');
  const [{ all = false }, change] = useFields(FIELDS);
  const maySeeAll = useMay('administrator');
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Schemas['CreatedToken']>();
  const columns = useColumns();
  const make = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t('make')}
    </Button>
  );
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} actions={make} />
      <QueryTable<Token>
        name="tokens"
        queryKey={['tokens', 'list', all]}
        load={(page) => data(api.GET('/api/v1/tokens', { params: { query: { all, ...page } } }))}
        columns={columns}
        rowKey={(token) => token.id}
        toolbar={
          maySeeAll && (
            <Checkbox checked={all} onChange={(event) => change({ all: event.target.checked || undefined })}>
              {t('all')}
            </Checkbox>
          )
        }
        actions={(token) => <DeleteToken token={token} />}
        actionsWidth={80}
        actionsTitle={t('operations')}
        empty={<Empty description={t('empty')}>{make}</Empty>}
      />
      <TokenForm open={making} tell={setMade} close={() => setMaking(false)} />
      <Once
        title={t('made', { name: made?.token.name })}
        about={t('madeHelp')}
        value={made?.value}
        close={() => setMade(undefined)}
      />
    </div>
  );
}

function useColumns(): Column<Token>[] {
  const { t } = useTranslation('tokens');
  const projects = useProjects();
  return useMemo(
    () => [
      { key: 'name', title: t('name'), width: 240, pinned: true, render: (token) => <Name of={token.name} strong /> },
      { key: 'login', title: t('account'), width: 150, render: (token) => <Name of={token.login} /> },
      { key: 'role', title: t('roleTitle'), width: 130, render: (token) => t(`role.${token.role}`) },
      {
        key: 'project',
        title: t('project'),
        width: 200,
        render: (token) => <Name of={token.project_id ? nameOf(projects, token.project_id) : t('projectsOfAccount')} />,
      },
      { key: 'created', title: t('created'), width: 120, render: (token) => <Time at={token.created} /> },
      { key: 'used', title: t('used'), width: 120, render: (token) => <Time at={token.used} /> },
      { key: 'expires', title: t('expires'), width: 140, render: (token) => <Expires at={token.expires} /> },
    ],
    [t, projects],
  );
}

function Expires({ at }: { at: number | null | undefined }) {
  const { t } = useTranslation('tokens');
  if (!at) return <span className="quiet">{t('never')}</span>;
  return (
    <span className={at < Date.now() ? 'tone-critical' : undefined}>
      <Time at={at} />
    </span>
  );
}

/** Takes a token away from the programs that have it. */
function DeleteToken({ token }: { token: Token }) {
  const { t } = useTranslation('tokens');
  const { message } = App.useApp();
  const remove = useAct((id: number) => data(api.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } })), {
    changes: ['tokens'],
    done: () => void message.success(t('deleted')),
  });
  const question = {
    title: t('deleteTitle', { name: token.name }),
    content: t('deleteHelp'),
    okText: t('delete'),
    danger: true,
  };
  return (
    <Button type="link" size="small" danger loading={remove.isPending} onClick={() => remove.ask(token.id, question)}>
      {t('delete')}
    </Button>
  );
}
