// What people should hear of: vulnerabilities that newly concern images, or are exploited now.
import { Empty } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { one, text, useFields, type Values, whole } from '@/app/url';
import { OneOf } from '@/parts/Choice';
import { EventMarks, EventSubject, EventWords } from '@/parts/eventwords/EventWords';
import { PageHead } from '@/parts/PageHead';
import { SearchBox } from '@/parts/SearchBox';
import { SEVERITIES, SeverityTag } from '@/parts/Severity';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { Count, Time } from '@/parts/Values';
import { Since } from './Since';

type Event = Schemas['Event'];

const KINDS = ['new-vulnerability', 'exploited-vulnerability', 'more-vulnerabilities'] as const;
const FIELDS = { kind: one(KINDS), severity: one(SEVERITIES), subject: text(), since: whole() };
type Wanted = Values<typeof FIELDS>;

/** The page. */
export default function Events() {
  const { t } = useTranslation('events');
  const [wanted, change] = useFields(FIELDS);
  const columns = useColumns();
  const filtered = Object.keys(wanted).length > 0;
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} />
      <QueryTable<Event>
        name="events"
        queryKey={['events', 'list', wanted]}
        load={(page) => data(api.GET('/api/v1/events', { params: { query: { ...wanted, ...page } } }))}
        columns={columns}
        rowKey={(event) => event.id}
        toolbar={<Filters wanted={wanted} change={change} />}
        empty={<Empty description={t(filtered ? 'nothingFits' : 'empty')} />}
      />
    </div>
  );
}

/** The filters above the list. */
function Filters({ wanted, change }: { wanted: Wanted; change: (wanted: Wanted) => void }) {
  const { t } = useTranslation('events');
  return (
    <div className="filters">
      <SearchBox
        fields={[{ key: 'subject', title: t('subject'), hint: t('subjectHint') }]}
        values={{ subject: wanted.subject }}
        search={change}
      />
      <OneOf
        title={t('kind')}
        words={KINDS}
        label={(word) => t(`kind_.${word}`)}
        value={wanted.kind}
        choose={(kind) => change({ kind })}
      />
      <OneOf
        title={t('atLeast')}
        words={SEVERITIES}
        label={(word) => t(`severity.${word}`)}
        value={wanted.severity}
        choose={(severity) => change({ severity })}
      />
      <Since value={wanted.since} choose={(since) => change({ since })} />
    </div>
  );
}

function useColumns(): Column<Event>[] {
  const { t } = useTranslation('events');
  return useMemo(
    () => [
      { key: 'at', title: t('at'), width: 110, render: (event) => <Time at={event.at} /> },
      {
        key: 'severity',
        title: t('severity_'),
        width: 90,
        render: (event) => <SeverityTag severity={event.severity} />,
      },
      {
        key: 'subject',
        title: t('subject'),
        width: 160,
        pinned: true,
        render: (event) => <EventSubject event={event} />,
      },
      { key: 'message', title: t('message'), width: 430, render: (event) => <EventWords event={event} /> },
      { key: 'marks', title: t('marks'), width: 170, render: (event) => <EventMarks event={event} /> },
      {
        key: 'kind',
        title: t('kind'),
        width: 150,
        usual: false,
        render: (event) => t(`kind_.${event.kind}`, { defaultValue: event.kind }),
      },
      { key: 'images', title: t('images'), width: 80, align: 'right', render: (event) => <Count of={event.images} /> },
      {
        key: 'containers',
        title: t('containers'),
        width: 110,
        align: 'right',
        render: (event) => <Count of={event.containers} />,
      },
      { key: 'hosts', title: t('hosts'), width: 80, align: 'right', render: (event) => <Count of={event.hosts} /> },
    ],
    [t],
  );
}
