// What is different between two images, or between two scans of one.
import { SwapOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Empty, Segmented, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { one, text, useFields, type Values, whole } from '@/app/url';
import { PageHead } from '@/parts/PageHead';
import { Again } from '@/parts/Refused';
import { Comparison } from './Comparison';
import { ImageChoice } from './ImageChoice';
import { ScanChoice } from './ScanChoice';
import './style.css';

const MODES = ['images', 'scans'] as const;
const FIELDS = {
  mode: one(MODES),
  left: whole(),
  right: whole(),
  of: whole(),
  left_scan: whole(),
  right_scan: whole(),
  part: text(),
};

type Wanted = Values<typeof FIELDS>;

/** What is asked: two images or two scans; nothing until both are chosen. */
function asked({ left, right, left_scan, right_scan }: Wanted, scans: boolean) {
  if (scans) return left_scan && right_scan ? { left_scan, right_scan } : undefined;
  return left && right ? { left, right } : undefined;
}

/** The page. */
export default function Compare() {
  const { t } = useTranslation('compare');
  const [wanted, change] = useFields(FIELDS);
  const scans = (wanted.mode ?? (wanted.left_scan || wanted.right_scan ? 'scans' : 'images')) === 'scans';
  const query = asked(wanted, scans);
  const {
    data: comparison,
    error,
    isFetching,
    refetch,
  } = useQuery({
    queryKey: ['images', 'comparison', query],
    queryFn: () => data(api.GET('/api/v1/compare', { params: { query } })),
    enabled: query !== undefined,
  });
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} guide={t('guideSteps', { returnObjects: true })} />
      <Segmented<(typeof MODES)[number]>
        className="views"
        value={scans ? 'scans' : 'images'}
        options={MODES.map((value) => ({ value, label: t(`mode.${value}`) }))}
        onChange={(mode) => change({ mode })}
      />
      {scans ? (
        <Scans wanted={wanted} change={change} of={wanted.of ?? comparison?.left.image ?? undefined} />
      ) : (
        <Images wanted={wanted} change={change} />
      )}
      {!query && <Empty description={t(scans ? 'chooseTwoScans' : 'chooseTwo')} />}
      {query && error && <Again error={error} again={refetch} />}
      {query && !error && isFetching && !comparison && <Skeleton active />}
      {query && !error && comparison && (
        <Comparison comparison={comparison} part={wanted.part} choose={(part) => change({ part })} />
      )}
    </div>
  );
}

type Choice = { wanted: Wanted; change: (wanted: Wanted) => void };

function Images({ wanted, change }: Choice) {
  const { t } = useTranslation('compare');
  return (
    <div className="sides">
      <div className="side-choice">
        <span className="quiet">{t('left')}</span>
        <ImageChoice name={t('left')} chosen={wanted.left} choose={(left) => change({ left })} />
      </div>
      <Button
        icon={<SwapOutlined />}
        aria-label={t('swap')}
        onClick={() => change({ left: wanted.right, right: wanted.left })}
      />
      <div className="side-choice">
        <span className="quiet">{t('right')}</span>
        <ImageChoice name={t('right')} chosen={wanted.right} choose={(right) => change({ right })} />
      </div>
    </div>
  );
}

function Scans({ wanted, change, of }: Choice & { of: number | undefined }) {
  const { t } = useTranslation('compare');
  return (
    <div className="sides">
      <div className="side-choice">
        <span className="quiet">{t('image')}</span>
        <ImageChoice
          name={t('image')}
          chosen={of}
          choose={(image) => change({ of: image, left_scan: undefined, right_scan: undefined, mode: 'scans' })}
        />
      </div>
      <div className="side-choice">
        <span className="quiet">{t('left')}</span>
        <ScanChoice
          name={t('left')}
          image={of}
          chosen={wanted.left_scan}
          choose={(left_scan) => change({ left_scan, of, mode: 'scans' })}
        />
      </div>
      <div className="side-choice">
        <span className="quiet">{t('right')}</span>
        <ScanChoice
          name={t('right')}
          image={of}
          chosen={wanted.right_scan}
          choose={(right_scan) => change({ right_scan, of, mode: 'scans' })}
        />
      </div>
    </div>
  );
}
