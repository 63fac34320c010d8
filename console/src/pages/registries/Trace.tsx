// How the test of a connection went, step by step.
import { CheckCircleFilled, CloseCircleFilled, LoadingOutlined, MinusCircleOutlined } from '@ant-design/icons';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { useSeen } from '@/parts/RefusedForm';
import { visible } from '@/parts/visible';

type Step = Schemas['ConnectionStep'];

/** The steps of every test; the first that fails is the last. */
const STEPS = ['dns', 'tls', 'auth', 'list', 'pull'];

/** The steps: those that were gone, with what they found, and those that were not reached. */
export function Trace({ test, running }: { test: Schemas['RegistryTest'] | undefined; running: boolean }) {
  const { t } = useTranslation('registries');
  const element = useSeen<HTMLElement>();
  return (
    <section ref={element} className="trace" aria-label={t('testTitle')} aria-busy={running}>
      {running && (
        <p className="trace-running" role="status">
          <LoadingOutlined /> {t('testing')}
        </p>
      )}
      {!running && test && <Steps test={test} />}
    </section>
  );
}

function Steps({ test }: { test: Schemas['RegistryTest'] }) {
  const { t } = useTranslation('registries');
  const missing = STEPS.filter((name) => !test.steps.some((step) => step.step === name));
  return (
    <>
      <Alert type={test.ok ? 'success' : 'error'} showIcon title={t(test.ok ? 'testWell' : 'testFailed')} />
      <ol>
        {test.steps.map((step) => (
          <Gone key={step.step} step={step} />
        ))}
        {!test.ok &&
          missing.map((name) => (
            <li key={name} className="quiet">
              <MinusCircleOutlined /> <span className="trace-step">{t(`step.${name}`, { defaultValue: name })}</span>
              {t('notReached')}
            </li>
          ))}
      </ol>
    </>
  );
}

function Gone({ step }: { step: Step }) {
  const { t, i18n } = useTranslation('registries');
  return (
    <li>
      <span className={`status status-${step.ok ? 'good' : 'bad'}`}>
        {step.ok ? <CheckCircleFilled aria-label={t('well')} /> : <CloseCircleFilled aria-label={t('failed')} />}
      </span>{' '}
      <span className="trace-step">{t(`step.${step.step}`, { defaultValue: step.step })}</span>
      <span className="quiet number">{t('milliseconds', { count: step.milliseconds })}</span>
      {step.failure && <strong className="status-bad">{t(`failure.${step.failure}`)}</strong>}
      {step.advice && <p className="trace-advice">{inLanguage(step.advice, i18n.language)}</p>}
      {step.told && <bdi className="trace-told wrap">{visible(step.told)}</bdi>}
    </li>
  );
}
