// A password of one's own, before anything else: for who was given one.
import { useTranslation } from 'react-i18next';
import { Door } from './Door';
import { PasswordForm } from './PasswordForm';

/** The page. */
export default function ChangePassword() {
  const { t } = useTranslation();
  return (
    <Door>
      <h1>{t('changePassword')}</h1>
      <p className="door-help">{t('changePasswordFirst')}</p>
      <PasswordForm />
    </Door>
  );
}
