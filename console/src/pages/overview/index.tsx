// How it stands: what is at risk, what to look at first, what is not known, and whether everything works.
import { useQuery } from '@tanstack/react-query';
import { Segmented, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useFields } from '@/app/url';
import { PageHead } from '@/parts/PageHead';
import { Again } from '@/parts/Refused';
import { Time } from '@/parts/Values';
import { Figures } from './Figures';
import { FirstSteps } from './FirstSteps';
import { FIELDS, SOURCES, type Wanted } from './fields';
import { Health } from './Health';
import { Kinds } from './Kinds';
import { Latest } from './Latest';
import { Severities } from './Severities';
import { Trend } from './Trend';
import './style.css';

/** The page. */
export default function Overview() {
  const { t } = useTranslation('overview');
  const [wanted, change] = useFields(FIELDS);
  const { source } = wanted;
  const {
    data: sums,
    error,
    refetch,
  } = useQuery({
    queryKey: ['images', 'summary', source],
    queryFn: () => data(api.GET('/api/v1/images/summary', { params: { query: { source } } })),
  });
  return (
    <div className="page">
      <PageHead
        title={t('title')}
        about={
          <>
            {t('about')} {t('lastScan')} <Time at={sums?.last_scan} />
          </>
        }
        actions={<Sources source={source} choose={(next) => change({ source: next })} />}
      />
      {error && <Again error={error} again={refetch} />}
      {!sums && !error && <Skeleton active />}
      {sums && sums.images === 0 && !source && <FirstSteps />}
      {sums && (sums.images > 0 || source) && <Figures sums={sums} source={source} />}
      <div className="panels">
        {sums && (sums.images > 0 || source) && (
          <>
            <Severities sums={sums} source={source} />
            <Kinds sums={sums} source={source} />
            <Latest wanted={wanted} change={change} />
            <Trend wanted={wanted} change={change} />
          </>
        )}
        {(sums || error) && <Health />}
      </div>
    </div>
  );
}

/** Of which images the numbers are. */
function Sources({ source, choose }: { source: Wanted['source']; choose: (source: Wanted['source']) => void }) {
  const { t } = useTranslation('overview');
  return (
    <Segmented
      aria-label={t('sources')}
      value={source ?? 'all'}
      options={[
        { value: 'all', label: t('allImages') },
        ...SOURCES.map((value) => ({ value, label: t(`imageKind.${value}`) })),
      ]}
      onChange={(next) => choose(SOURCES.find((known) => known === next))}
    />
  );
}
