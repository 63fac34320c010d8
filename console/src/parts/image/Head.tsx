// The head of an image: its name, how risky it is, where it stands, and what can be done with it.
import {
  ArrowsAltOutlined,
  CloseOutlined,
  DiffOutlined,
  DownloadOutlined,
  SafetyCertificateOutlined,
} from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, Dropdown, Tag, Tooltip, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/app/session';
import { ExportDialog } from '@/parts/exports/ExportDialog';
import { ScanDialog } from '@/parts/images/ScanDialog';
import { useCancel } from '@/parts/images/useCancel';
import { SeverityTag } from '@/parts/Severity';
import { FailureTitle, Status, Why } from '@/parts/Status';
import { Copy, Words } from '@/parts/Values';
import type { ImageDetail } from './ImageView';

type Shown = { image: ImageDetail; close?: () => void };

/** The head. */
export function Head({ image, close }: Shown) {
  const { t } = useTranslation('image');
  const failure = image.failure ?? image.unscannable;
  return (
    <header className="image-head">
      <div className="image-head-line">
        <Typography.Title level={close ? 2 : 1}>
          <Words of={image.name} />
          <Copy text={image.name} name={t('name')} />
        </Typography.Title>
        <span className="grow" />
        <Actions image={image} close={close} />
      </div>
      <Marks image={image} />
      {failure && (
        <Alert
          type={image.unscannable ? 'warning' : 'error'}
          showIcon
          title={<FailureTitle failure={failure} />}
          description={<Why failure={failure} />}
        />
      )}
    </header>
  );
}

/** What tells at a glance how it stands with an image. */
function Marks({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  return (
    <div className="image-marks">
      {image.risk === 'none' && <span className="severity tone-good">{t('images:clean')}</span>}
      {image.risk && image.risk !== 'none' && <SeverityTag severity={image.risk} />}
      <Status of={image.status} percent={image.progress} />
      <Tag>{t(`imageKind.${image.kind}`)}</Tag>
      {image.multiple && <Tag>{t('images:multiple')}</Tag>}
      {image.gone && <Tag>{t('images:goneMark')}</Tag>}
      {image.focus_reasons.map((reason) => (
        <Tag key={reason} color="red">
          {t(`images:focusReason.${reason}`, { defaultValue: reason })}
        </Tag>
      ))}
    </div>
  );
}

function Actions({ image, close }: Shown) {
  const { t } = useTranslation('image');
  const navigate = useNavigate();
  const mayScan = useMay('operator');
  const [scanning, setScanning] = useState(false);
  const [exporting, setExporting] = useState(false);
  const again = image.status !== 'unscanned';
  const go = (to: string, search?: Record<string, unknown>) => void navigate({ to, search } as never);
  return (
    <div className="image-actions">
      {mayScan && <ScanButton image={image} scan={() => setScanning(true)} />}
      <Report id={image.id} />
      {mayScan && <Button onClick={() => setExporting(true)}>{t('images:export')}</Button>}
      <Button icon={<DiffOutlined />} onClick={() => go('/compare', { left: image.id })}>
        {t('compare')}
      </Button>
      {close && (
        <>
          <Tooltip title={t('openPage')}>
            <Button icon={<ArrowsAltOutlined />} aria-label={t('openPage')} onClick={() => go(`/images/${image.id}`)} />
          </Tooltip>
          <Button icon={<CloseOutlined />} type="text" aria-label={t('close')} onClick={close} />
        </>
      )}
      <ScanDialog
        open={scanning}
        given={{ images: [image.id] }}
        count={1}
        all={{}}
        again={again}
        close={() => setScanning(false)}
      />
      <ExportDialog open={exporting} of={{ images: [image.id] }} count={1} close={() => setExporting(false)} />
    </div>
  );
}

/** Scans the image, or gives its scan up. */
function ScanButton({ image, scan }: { image: ImageDetail; scan: () => void }) {
  const { t } = useTranslation('image');
  const cancel = useCancel();
  if (image.status === 'waiting' || image.status === 'scanning') {
    return (
      <Button loading={cancel.isPending} onClick={() => cancel.act({ images: [image.id] })}>
        {t('images:cancelScan')}
      </Button>
    );
  }
  return (
    <Button type="primary" icon={<SafetyCertificateOutlined />} disabled={Boolean(image.unscannable)} onClick={scan}>
      {t(image.status === 'unscanned' ? 'images:scan' : 'images:rescan')}
    </Button>
  );
}

const FORMATS = ['html', 'xlsx', 'csv', 'json', 'sarif', 'cyclonedx', 'spdx', 'junit', 'github', 'table'] as const;

/** The whole report as a file, in a form and in the language that is spoken. */
function Report({ id }: { id: number }) {
  const { t, i18n } = useTranslation('image');
  const language = i18n.language === 'zh' ? 'zh' : 'en';
  const items = FORMATS.map((format) => ({
    key: format,
    label: (
      <a href={`/api/v1/images/${id}/report?format=${format}&language=${language}`} download>
        {t(`format.${format}`)}
      </a>
    ),
  }));
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button icon={<DownloadOutlined />}>{t('report')}</Button>
    </Dropdown>
  );
}
