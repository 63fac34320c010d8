// The images that pipelines and people handed in: CI/CD and image archives.
import { UploadOutlined } from '@ant-design/icons';
import { Button, Empty } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { useFields } from '@/app/url';
import { SeveralOf } from '@/parts/Choice';
import { FIELDS, HANDED_IN } from '@/parts/images/filters';
import { ImageList } from '@/parts/images/ImageList';
import { PageHead } from '@/parts/PageHead';
import './style.css';
import { UploadDialog } from './UploadDialog';

const KINDS: Schemas['ImageKind'][] = [...HANDED_IN];

/** The page. */
export default function Archives() {
  const { t } = useTranslation('archives');
  const mayUpload = useMay('operator');
  const [scanning, setScanning] = useState(false);
  const [uploading, setUploading] = useState(false);
  const upload = (
    <Button type="primary" icon={<UploadOutlined />} onClick={() => setUploading(true)}>
      {t('upload')}
    </Button>
  );
  return (
    <div className="page">
      <PageHead
        title={t('title')}
        about={t('about')}
        guide={t('guideSteps', { returnObjects: true })}
        actions={
          mayUpload && (
            <>
              <Button onClick={() => setScanning(true)}>{t('scan')}</Button>
              {upload}
            </>
          )
        }
      />
      <ImageList
        name="images.archives"
        of="none"
        kinds={KINDS}
        filters={<KindFilter />}
        scanning={scanning}
        stopScanning={() => setScanning(false)}
        empty={<Empty description={<span className="empty">{t('empty')}</span>}>{mayUpload && upload}</Empty>}
      />
      <UploadDialog open={uploading} close={() => setUploading(false)} />
    </div>
  );
}

/** Whether pipelines or people handed them in. */
function KindFilter() {
  const { t } = useTranslation('archives');
  const [wanted, change] = useFields(FIELDS);
  return (
    <SeveralOf
      title={t('risks:source')}
      words={HANDED_IN}
      label={(word) => t(`imageKind.${word}`)}
      value={wanted.kind}
      choose={(kind) => change({ kind })}
    />
  );
}
