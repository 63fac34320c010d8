// What to do when nothing is there yet.
import { CloudServerOutlined, HddOutlined, UploadOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';

const WAYS: [key: string, to: string, search: object, Icon: ComponentType][] = [
  ['machine', '/images/local', {}, HddOutlined],
  ['registry', '/registries', { make: 'true' }, CloudServerOutlined],
  ['upload', '/images/archive', {}, UploadOutlined],
];

/** The three ways to begin. */
export function FirstSteps() {
  const { t } = useTranslation('overview');
  return (
    <section className="first" aria-label={t('first')}>
      <h2>{t('first')}</h2>
      <p className="quiet">{t('firstHelp')}</p>
      <ul>
        {WAYS.map(([key, to, search, Icon]) => (
          <li key={key}>
            <Link to={to as '/'} search={search as never}>
              <span className="first-icon" aria-hidden>
                <Icon />
              </span>
              <strong>{t(`way.${key}`)}</strong>
              <span className="quiet">{t(`wayHelp.${key}`)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
