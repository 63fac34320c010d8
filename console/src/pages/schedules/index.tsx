// The schedules: images that are scanned by themselves.
import { PlusOutlined } from '@ant-design/icons';
import { Button, Empty } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useMay } from '@/app/session';
import { one, text, useFields, whole } from '@/app/url';
import { PageHead } from '@/parts/PageHead';
import { SearchBox } from '@/parts/SearchBox';
import { QueryTable } from '@/parts/table/QueryTable';
import { type Schedule, useScheduleColumns } from './columns';
import { ScheduleForm } from './ScheduleForm';
import { useActions } from './useActions';
import { MAKE } from './values';
import './style.css';

const FIELDS = { search: text(), make: one(MAKE), edit: whole() };
/** Results change without a word; they are asked for again. */
const EVERY = 30_000;

/** The page. */
export default function Schedules() {
  const { t } = useTranslation('schedules');
  const mayChange = useMay('operator');
  const [wanted, change] = useFields(FIELDS);
  const filter = { search: wanted.search };
  const actions = useActions();
  const add = mayChange && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => change({ make: 'all' })}>
      {t('make')}
    </Button>
  );
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} guide={t('guideSteps', { returnObjects: true })} actions={add} />
      <QueryTable<Schedule>
        name="schedules"
        queryKey={['schedules', 'list', filter]}
        load={(page) => data(api.GET('/api/v1/schedules', { params: { query: { ...filter, ...page } } }))}
        every={EVERY}
        columns={useScheduleColumns(mayChange ? actions.turn : undefined)}
        rowKey={(schedule) => schedule.id}
        open={(schedule) => change({ edit: schedule.id })}
        opened={wanted.edit}
        toolbar={
          <div className="filters">
            <SearchBox
              fields={[{ key: 'search', title: t('column.name') }]}
              values={{ search: wanted.search }}
              search={change}
            />
          </div>
        }
        actions={mayChange ? (schedule) => <RowActions schedule={schedule} {...actions} /> : undefined}
        actionsWidth={130}
        actionsTitle={t('operations')}
        empty={
          wanted.search ? (
            <Empty description={t('nothingFits')} />
          ) : (
            <Empty description={<span className="empty">{t('empty')}</span>}>{add}</Empty>
          )
        }
      />
      <ScheduleForm
        id={wanted.edit}
        make={wanted.make}
        mayChange={mayChange}
        close={() => change({ make: undefined, edit: undefined })}
      />
    </div>
  );
}

type Doing = { schedule: Schedule } & ReturnType<typeof useActions>;

/** What a row offers: running it at once, and deleting it. */
function RowActions({ schedule, run, remove }: Doing) {
  const { t } = useTranslation('schedules');
  return (
    <>
      <Button type="link" size="small" onClick={() => run(schedule)}>
        {t('run')}
      </Button>
      <Button type="link" size="small" onClick={() => remove(schedule)}>
        {t('delete')}
      </Button>
    </>
  );
}
