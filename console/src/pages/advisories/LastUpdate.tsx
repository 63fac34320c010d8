// How old the advisories are, whether the images were judged by them, and what went wrong the last time.
import { Alert, Descriptions, Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '@/i18n';
import { Bytes, Code, Time, Words } from '@/parts/Values';
import { type Advisories, isBusy } from './useAdvisories';

/** The facts, and above them what asks for attention. */
export function LastUpdate({ advisories }: { advisories: Advisories }) {
  const { t } = useTranslation('advisories');
  const { last } = advisories;
  const items = [
    { key: 'updated', label: t('updated'), children: <Time at={advisories.updated} /> },
    { key: 'judged', label: t('judged'), children: <Judged advisories={advisories} /> },
    {
      key: 'next',
      label: t('next'),
      children: advisories.next ? <Time at={advisories.next} /> : <span className="quiet">{t('never')}</span>,
    },
    { key: 'size', label: t('size'), children: <Bytes size={advisories.bytes} /> },
  ];
  return (
    <section className="advisory-facts">
      {isBusy(advisories) && last && (
        <Alert
          type="info"
          showIcon
          title={t(last.import ? 'importing' : 'updating')}
          description={<Progress percent={last.progress} aria-label={t(last.import ? 'importing' : 'updating')} />}
        />
      )}
      {!advisories.updated && !isBusy(advisories) && <Alert type="warning" showIcon title={t('none')} />}
      <Failed advisories={advisories} />
      <Descriptions size="small" column={{ xs: 1, md: 2, xl: 4 }} items={items} />
    </section>
  );
}

function Judged({ advisories }: { advisories: Advisories }) {
  const { t } = useTranslation('advisories');
  if (advisories.judging_due) return <span className="tone-high">{t('judgingDue')}</span>;
  return advisories.judged ? t('judgedAll') : <span className="quiet">—</span>;
}

/** What the last update could not do. */
function Failed({ advisories: { last } }: { advisories: Advisories }) {
  const { t, i18n } = useTranslation('advisories');
  if (!last || (last.state !== 'failed' && last.failures.length === 0)) return null;
  const whole = last.state === 'failed';
  return (
    <Alert
      type={whole ? 'error' : 'warning'}
      showIcon
      title={whole ? t('failed') : t('partlyFailed', { count: last.failures.length })}
      description={
        <>
          {last.advice && <p className="advisory-why">{inLanguage(last.advice, i18n.language)}</p>}
          {last.message && <Code of={last.message} />}
          {last.failures.length > 0 && (
            <details>
              <summary>{t('which')}</summary>
              <ul>
                {last.failures.map(({ archive, why }) => (
                  <li key={archive}>
                    <Words of={archive} />: <Words of={why} />
                  </li>
                ))}
              </ul>
            </details>
          )}
        </>
      }
    />
  );
}
