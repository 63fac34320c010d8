// Another password, whenever a person wants one.
import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { PasswordForm } from './PasswordForm';

/** The dialog. */
export default function PasswordDialog({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} title={t('changePassword')} footer={null} destroyOnHidden onCancel={close}>
      <PasswordForm done={close} />
    </Modal>
  );
}
