// What is shown where there is nothing to be seen.
import { Link } from '@tanstack/react-router';
import { Result } from 'antd';
import { useTranslation } from 'react-i18next';

/** Nothing is at this address. */
export function Missing() {
  const { t } = useTranslation();
  return <Nothing status="404" title={t('missing')} help={t('missingHelp')} />;
}

/** A page is here, but not for who is signed in. */
export function NotForYou() {
  const { t } = useTranslation();
  return <Nothing status="403" title={t('notForYou')} help={t('notForYouHelp')} />;
}

function Nothing({ status, title, help }: { status: '403' | '404'; title: string; help: string }) {
  const { t } = useTranslation();
  return <Result status={status} title={title} subTitle={help} extra={<Link to="/">{t('toOverview')}</Link>} />;
}
