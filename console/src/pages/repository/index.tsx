// The images of registries.
import {
  CloudSyncOutlined,
  ClusterOutlined,
  ProfileOutlined,
  SafetyCertificateOutlined,
  ScheduleOutlined,
} from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Button, Empty } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/app/session';
import { useSummary } from '@/parts/images/cards';
import { ImageList } from '@/parts/images/ImageList';
import { PageHead } from '@/parts/PageHead';
import { SyncDialog } from '@/parts/sync/SyncDialog';
import { Time } from '@/parts/Values';
import { RepositoryFilters } from './RepositoryFilters';

/** The page. */
export default function Repository() {
  const { t } = useTranslation('repository');
  const mayScan = useMay('operator');
  const mayConnect = useMay('administrator');
  const navigate = useNavigate();
  const [scanning, setScanning] = useState(false);
  const [syncing, setSyncing] = useState(false);
  const { data: sums } = useSummary(['registry']);
  const go = (to: string, search = {}) => void navigate({ to: to as '/', search });
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
          <>
            <Button icon={<ClusterOutlined />} onClick={() => go('/registries')}>
              {t('manage')}
            </Button>
            <Button icon={<ProfileOutlined />} onClick={() => go('/tasks')}>
              {t('tasks')}
            </Button>
            {mayScan && (
              <>
                <Button icon={<CloudSyncOutlined />} onClick={() => setSyncing(true)}>
                  {t('sync')}
                </Button>
                <Button icon={<ScheduleOutlined />} onClick={() => go('/schedules', { make: 'registry' })}>
                  {t('schedule')}
                </Button>
                <Button type="primary" icon={<SafetyCertificateOutlined />} onClick={() => setScanning(true)}>
                  {t('scan')}
                </Button>
              </>
            )}
          </>
        }
      />
      <ImageList
        name="images.registry"
        of="registry"
        kinds={['registry']}
        filters={<RepositoryFilters />}
        scanning={scanning}
        stopScanning={() => setScanning(false)}
        empty={
          <Empty description={<span className="empty">{t(mayConnect ? 'empty' : 'emptyForOthers')}</span>}>
            {mayConnect && <Button onClick={() => go('/registries', { make: 'true' })}>{t('connect')}</Button>}
          </Empty>
        }
      />
      <SyncDialog open={syncing} close={() => setSyncing(false)} />
    </div>
  );
}
