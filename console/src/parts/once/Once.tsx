// What is told a single time: a password or a token that was just made.
import { Alert, Button, Modal } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Copy } from '@/parts/Values';
import './style.css';

type Told = {
  title: string;
  /** What it is good for. */
  about: ReactNode;
  /** What is told; nothing is open without it. */
  value: string | undefined;
  close: () => void;
};

/** Shows it until it was taken down; no click beside it closes it, and nothing of it stays in the page. */
export function Once({ title, about, value, close }: Told) {
  const { t } = useTranslation('once');
  return (
    <Modal
      open={value !== undefined}
      title={title}
      mask={{ closable: false }}
      keyboard={false}
      destroyOnHidden
      onCancel={close}
      footer={
        <Button type="primary" onClick={close}>
          {t('taken')}
        </Button>
      }
    >
      <Alert type="warning" showIcon title={t('once')} className="form-alert" />
      <p>{about}</p>
      <p className="once">
        <code>{value}</code>
        <Copy text={value ?? ''} name={title} />
      </p>
    </Modal>
  );
}
