// Unsafe settings of an image: what is wrong, or every check that was made with its outcome.
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { one } from '@/app/url';
import { inLanguage } from '@/i18n';
import { SeverityTag } from '@/parts/Severity';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { Name } from '@/parts/Values';
import { Findings } from './Findings';
import type { ImageDetail } from './ImageView';
import { useWithin } from './within';

type CheckResult = Schemas['CheckResult'];

const VIEWS = ['findings', 'checks'] as const;
const FIELDS = { view: one(VIEWS) };
const TONES = { pass: 'tone-good', fail: 'tone-critical', not_applicable: 'quiet', unknown: 'tone-high' };

/** The tab. */
export function Baseline({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  const [{ view = 'findings' }, change] = useWithin(FIELDS);
  return (
    <>
      <Segmented
        className="views"
        value={view}
        options={VIEWS.map((value) => ({ value, label: t(`view.${value}`) }))}
        onChange={(next) => change({ view: next === 'findings' ? undefined : next })}
      />
      {view === 'findings' ? <Findings image={image} kind="baseline" /> : <Checks id={image.id} />}
    </>
  );
}

function Checks({ id }: { id: number }) {
  const { t, i18n } = useTranslation('image');
  const columns: Column<CheckResult>[] = [
    {
      key: 'outcome',
      title: t('outcome'),
      width: 120,
      render: ({ outcome }) => <span className={TONES[outcome]}>{t(`outcome_.${outcome}`)}</span>,
    },
    {
      key: 'severity',
      title: t('severityTitle'),
      width: 96,
      render: (check) => <SeverityTag severity={check.severity} />,
    },
    { key: 'id', title: t('checkId'), width: 120, render: (check) => <Name of={check.id} /> },
    {
      key: 'title',
      title: t('what'),
      width: 360,
      render: (check) => <Name of={inLanguage(check.title, i18n.language)} />,
    },
    {
      key: 'category',
      title: t('category'),
      width: 130,
      render: ({ category }) => t(`category_.${category}`, { defaultValue: category }),
    },
    {
      key: 'standards',
      title: t('standards'),
      width: 300,
      render: (check) => <Name of={check.standards.join(' · ')} />,
    },
  ];
  return (
    <QueryTable<CheckResult>
      name="image.checks"
      queryKey={['images', 'one', id, 'checks']}
      load={(query) => data(api.GET('/api/v1/images/{id}/baseline', { params: { path: { id }, query } }))}
      columns={columns}
      rowKey={(check) => check.id}
      empty={t('noChecks')}
    />
  );
}
