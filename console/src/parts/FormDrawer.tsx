// A form that comes from the right: what it is about, what was refused, and the way out.
import { Button, Drawer } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { RefusedForm } from './RefusedForm';
import './form.css';

type Sheet = {
  open: boolean;
  title: ReactNode;
  /** Why the last attempt was refused. */
  error?: unknown;
  saving?: boolean;
  saveText?: string;
  /** None where there is nothing to save yet. */
  save?: () => void;
  close: () => void;
  /** What else can be done with what was entered. */
  extra?: ReactNode;
  children: ReactNode;
};

/** The drawer. A click beside it does not lose what was entered. */
export function FormDrawer({ open, title, error, saving, saveText, save, close, extra, children }: Sheet) {
  const { t } = useTranslation();
  return (
    <Drawer
      open={open}
      onClose={close}
      title={title}
      size="min(760px, 100vw)"
      mask={{ closable: false }}
      destroyOnHidden
      footer={
        <div className="filters">
          {extra}
          <span className="grow" />
          <Button onClick={close}>{t(save ? 'cancel' : 'close')}</Button>
          {save && (
            <Button type="primary" loading={saving} onClick={save}>
              {saveText ?? t('save')}
            </Button>
          )}
        </div>
      }
    >
      <RefusedForm error={error} />
      {children}
    </Drawer>
  );
}
