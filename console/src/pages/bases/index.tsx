// Base images: which are approved, and which images are not built from one of them.
import { useQuery } from '@tanstack/react-query';
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { one, text, useFields } from '@/app/url';
import { PageHead } from '@/parts/PageHead';
import { Again } from '@/parts/Refused';
import { Approved } from './Approved';
import { Failing } from './Failing';
import { useBases } from './list';
import './style.css';

const VIEWS = ['failing', 'approved'] as const;
const FIELDS = { view: one(VIEWS), rule: text(), search: text() };

/** The page. */
export default function BaseImages() {
  const { t } = useTranslation('bases');
  const [wanted, change] = useFields(FIELDS);
  const bases = useBases();
  const risks = useQuery({
    queryKey: ['risks', 'list', 'base-image'],
    queryFn: () => data(api.GET('/api/v1/risks', { params: { query: { kind: ['base-image'], limit: 20 } } })),
  });
  const failing = risks.data?.items.reduce((sum, risk) => sum + risk.images, 0);
  const approved = bases.data?.bases.length;
  const none = approved === 0 && failing === 0;
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} guide={t('guideSteps', { returnObjects: true })} />
      <Tabs
        activeKey={wanted.view ?? (none ? 'approved' : 'failing')}
        onChange={(view) => change({ view: view as (typeof VIEWS)[number], rule: undefined, search: undefined })}
        items={[
          {
            key: 'failing',
            label: failing === undefined ? t('failing') : t('failingCount', { count: failing }),
            children: risks.error ? (
              <Again error={risks.error} again={risks.refetch} />
            ) : (
              <Failing
                risks={risks.data?.items}
                rule={wanted.rule}
                choose={(rule) => change({ rule })}
                search={wanted.search}
                seek={(search) => change({ search })}
                approved={approved}
              />
            ),
          },
          {
            key: 'approved',
            label: approved === undefined ? t('approved') : t('approvedCount', { count: approved }),
            children: bases.error ? <Again error={bases.error} again={bases.refetch} /> : <Approved set={bases.data} />,
          },
        ]}
      />
    </div>
  );
}
