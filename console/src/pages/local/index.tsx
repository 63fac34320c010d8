// The images of this machine's engines.
import { SafetyCertificateOutlined, ScheduleOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button, Empty } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/app/session';
import { RefreshButton } from '@/parts/engines/RefreshButton';
import { useSummary } from '@/parts/images/cards';
import { ImageList } from '@/parts/images/ImageList';
import { PageHead } from '@/parts/PageHead';
import { Time } from '@/parts/Values';

/** The page. */
export default function Local() {
  const { t } = useTranslation('local');
  const mayScan = useMay('operator');
  const [scanning, setScanning] = useState(false);
  const { data: sums } = useSummary(['local']);
  return (
    <div className="page">
      <PageHead
        title={t('title')}
        about={
          <>
            {t('about')} {t('lastScan')} <Time at={sums?.last_scan} />
          </>
        }
        guide={t('guideSteps', { returnObjects: true })}
        actions={
          mayScan && (
            <>
              <RefreshButton />
              <Link to={'/schedules' as '/'} search={{ make: 'local' }}>
                <Button icon={<ScheduleOutlined />} tabIndex={-1}>
                  {t('schedule')}
                </Button>
              </Link>
              <Button type="primary" icon={<SafetyCertificateOutlined />} onClick={() => setScanning(true)}>
                {t('scan')}
              </Button>
            </>
          )
        }
      />
      <ImageList
        name="images.local"
        of="local"
        kinds={['local']}
        scanning={scanning}
        stopScanning={() => setScanning(false)}
        empty={<Empty description={<span className="empty">{t('empty')}</span>}>{mayScan && <RefreshButton />}</Empty>}
      />
    </div>
  );
}
