// What people decided about findings: what, where, until when, why.
import { PlusOutlined } from '@ant-design/icons';
import { Button, Empty } from 'antd';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useMay } from '@/app/session';
import { useFields } from '@/app/url';
import { OneOf } from '@/parts/Choice';
import { PageHead } from '@/parts/PageHead';
import { SearchBox } from '@/parts/SearchBox';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { useSelection } from '@/parts/table/selection';
import { Name, Time } from '@/parts/Values';
import { DecisionDrawer } from './DecisionDrawer';
import { ACTIONS, type Decision, FIELDS, filterOf, KINDS, STATES, type Wanted } from './filters';
import { NewDecision } from './NewDecision';
import { Picked } from './Picked';
import { State, Subject, Until, useScope } from './words';
import './style.css';

/** The page. */
export default function Decisions() {
  const { t } = useTranslation('decisionlist');
  const [wanted, change] = useFields(FIELDS);
  const mayDecide = useMay('operator');
  const columns = useColumns();
  const filter = filterOf(wanted);
  const picker = useSelection(filter);
  const known = useRef(new Map<number, Decision>());
  const load = async (page: { limit: number; after?: string }) => {
    const found = await data(api.GET('/api/v1/decisions', { params: { query: { ...filter, ...page } } }));
    for (const decision of found.items) known.current.set(decision.id, decision);
    return found;
  };
  const make = mayDecide && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => change({ make: true })}>
      {t('make')}
    </Button>
  );
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} actions={make} />
      <Picked picker={picker} known={known.current} />
      <QueryTable<Decision>
        name="decisions"
        queryKey={['decisions', 'list', filter]}
        load={load}
        columns={columns}
        rowKey={(decision) => decision.id}
        open={(decision) => change({ decision: decision.id })}
        opened={wanted.decision}
        picker={mayDecide ? picker : undefined}
        toolbar={<Filters wanted={wanted} change={change} />}
        empty={<Empty description={t(Object.keys(filter).length > 0 ? 'nothingFits' : 'empty')} />}
      />
      <DecisionDrawer id={wanted.decision} close={() => change({ decision: undefined })} />
      <NewDecision open={wanted.make === true && mayDecide} close={() => change({ make: undefined })} />
    </div>
  );
}

/** The filters above the list. */
function Filters({ wanted, change }: { wanted: Wanted; change: (wanted: Wanted) => void }) {
  const { t } = useTranslation('decisionlist');
  const searched = (['search', 'rule', 'creator', 'fingerprint'] as const).map((key) => ({
    key,
    title: t(`field.${key}`),
    hint: t(`hint.${key}`),
  }));
  const { search, rule, creator, fingerprint } = wanted;
  return (
    <div className="filters">
      <SearchBox fields={searched} values={{ search, rule, creator, fingerprint }} search={change} />
      <OneOf
        title={t('state')}
        words={STATES}
        label={(word) => t(`state_.${word}`)}
        value={wanted.state}
        choose={(state) => change({ state })}
      />
      <OneOf
        title={t('kindTitle')}
        words={KINDS}
        label={(word) => t(`kind.${word}`)}
        value={wanted.kind}
        choose={(kind) => change({ kind })}
      />
      <OneOf
        title={t('action')}
        words={ACTIONS}
        label={(word) => t(`decisions:action_.${word}`)}
        value={wanted.action}
        choose={(action) => change({ action })}
      />
    </div>
  );
}

function useColumns(): Column<Decision>[] {
  const { t } = useTranslation('decisionlist');
  const scope = useScope();
  return useMemo(
    () => [
      { key: 'subject', title: t('subject'), width: 260, pinned: true, render: (row) => <Subject of={row} /> },
      { key: 'action', title: t('action'), width: 110, render: (row) => t(`decisions:action_.${row.action}`) },
      { key: 'state', title: t('state'), width: 100, render: (row) => <State of={row} /> },
      { key: 'scope', title: t('scope'), width: 200, render: (row) => <Name of={scope(row)} /> },
      { key: 'until', title: t('until'), width: 150, render: (row) => <Until of={row} /> },
      { key: 'remark', title: t('remark'), width: 180, render: (row) => <Name of={row.remark} /> },
      { key: 'by', title: t('by'), width: 104, render: (row) => <Name of={row.created_by} /> },
      { key: 'created', title: t('created'), width: 120, render: (row) => <Time at={row.created} /> },
      {
        key: 'revokedBy',
        title: t('revokedBy'),
        width: 120,
        usual: false,
        render: (row) => <Name of={row.revoked_by} />,
      },
      { key: 'revoked', title: t('revoked'), width: 120, usual: false, render: (row) => <Time at={row.revoked} /> },
    ],
    [t, scope],
  );
}
