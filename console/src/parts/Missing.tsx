import { Link } from '@tanstack/react-router';
import { Result } from 'antd';
import { useTranslation } from 'react-i18next';

/** Nothing is at this address. */
export function Missing() {
  const { t } = useTranslation();
  return (
    <Result
      status="404"
      title={t('missing')}
      subTitle={t('missingHelp')}
      extra={<Link to="/">{t('toOverview')}</Link>}
    />
  );
}
