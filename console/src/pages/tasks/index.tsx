// The tasks: what was asked for, how far it is, what failed.
import { Empty, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useMay } from '@/app/session';
import { useFields } from '@/app/url';
import { OneOf } from '@/parts/Choice';
import { PageHead } from '@/parts/PageHead';
import { Period } from '@/parts/Period';
import { SearchBox } from '@/parts/SearchBox';
import { QueryTable } from '@/parts/table/QueryTable';
import { TabBar } from '@/parts/tabs/TabBar';
import { TaskActions } from './actions';
import { useTaskColumns } from './columns';
import { CAUSES, FIELDS, kindOf, OTHERS, STATUSES, TABS, type Task, type Wanted } from './filters';
import { TaskDrawer } from './TaskDrawer';
import './style.css';

/** The page. */
export default function Tasks() {
  const { t } = useTranslation('tasks');
  const [wanted, change] = useFields(FIELDS);
  const list = <List wanted={wanted} change={change} />;
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} />
      <TabBar
        name={t('kind')}
        tabs={TABS.map((key) => ({ key, title: t(`tab.${key}`), children: list }))}
        chosen={wanted.tab}
        choose={(tab) => change({ tab, kind: undefined })}
      />
      <TaskDrawer
        id={wanted.task}
        status={wanted.jobs}
        choose={(jobs) => change({ jobs })}
        close={() => change({ task: undefined, jobs: undefined })}
      />
    </div>
  );
}

type Chosen = { wanted: Wanted; change: (wanted: Wanted) => void };

/** The tasks of a tab. */
function List({ wanted, change }: Chosen) {
  const { t } = useTranslation('tasks');
  const mayAct = useMay('operator');
  const columns = useTaskColumns();
  const { status, cause, search, since, until } = wanted;
  const filter = { kind: kindOf(wanted), status, cause, search, since, until };
  return (
    <>
      {wanted.tab === 'other' && (
        <Segmented
          className="other-kinds"
          aria-label={t('tab.other')}
          value={wanted.kind ?? OTHERS[0]}
          options={OTHERS.map((value) => ({ value, label: t(`taskKind.${value}`) }))}
          onChange={(kind) => change({ kind })}
        />
      )}
      <QueryTable<Task>
        name="tasks"
        queryKey={['tasks', 'list', filter]}
        load={(page) => data(api.GET('/api/v1/tasks', { params: { query: { ...filter, ...page } } }))}
        columns={columns}
        rowKey={(task) => task.id}
        open={(task) => change({ task: task.id, jobs: undefined })}
        opened={wanted.task}
        toolbar={<Filters wanted={wanted} change={change} />}
        actions={mayAct ? (task) => <TaskActions task={task} /> : undefined}
        actionsWidth={112}
        actionsTitle={t('operations')}
        empty={<Empty description={t('empty')} />}
      />
    </>
  );
}

/** The filters above the list. */
function Filters({ wanted, change }: Chosen) {
  const { t } = useTranslation('tasks');
  return (
    <div className="filters">
      <SearchBox
        fields={[{ key: 'search', title: t('search'), hint: t('searchHint') }]}
        values={{ search: wanted.search }}
        search={change}
      />
      <OneOf
        title={t('status')}
        words={STATUSES}
        label={(word) => t(`texts:status.${word}`)}
        value={wanted.status}
        choose={(status) => change({ status })}
      />
      <OneOf
        title={t('causeTitle')}
        words={CAUSES}
        label={(word) => t(`cause.${word}`)}
        value={wanted.cause}
        choose={(cause) => change({ cause })}
      />
      <Period
        title={[t('since'), t('until')]}
        since={wanted.since}
        until={wanted.until}
        choose={(period) => change(period)}
      />
    </div>
  );
}
