// Decisions in words: what, where, until when.
import { useTranslation } from 'react-i18next';
import { Name, Time } from '@/parts/Values';
import type { Decision } from './filters';

/** What a decision is about. */
export function Subject({ of: { subject } }: { of: Decision }) {
  const { t } = useTranslation('decisionlist');
  const parts = [subject.rule, subject.package, subject.path].filter((part) => part && part !== '**');
  return (
    <span className="decision-subject">
      <Name of={parts.join(' · ') || t('everything')} strong />
      <span className="quiet">
        {t(`kind.${subject.kind}`)}
        {subject.fingerprint && ` · ${t('oneFinding')}`}
      </span>
    </span>
  );
}

/** Where it holds. */
export function useScope(): (decision: Decision) => string {
  const { t } = useTranslation('decisionlist');
  return ({ scope }) => {
    switch (scope.type) {
      case 'kinds':
        return t('inKinds', { kinds: scope.kinds.map((kind) => t(`imageKind.${kind}`)).join(', ') });
      case 'registries':
        return t('inRegistries', { registries: scope.registries.join(', ') });
      case 'names':
        return t('inNames', { names: [namesOf(scope.repositories), namesOf(scope.tags)].join(' : ') });
      case 'images':
        return scope.images.length > 0 ? t('inImages', { count: scope.images.length }) : t('inPicked');
      default:
        return t('inAll');
    }
  };
}

const namesOf = (patterns: string[] | undefined) => (patterns?.length ? patterns.join(', ') : '*');

/** Until when it holds. */
export function Until({ of: { until, until_fix: untilFix } }: { of: Decision }) {
  const { t } = useTranslation('decisionlist');
  if (!until && !untilFix) return <span className="quiet">{t('endless')}</span>;
  return (
    <span>
      {until && <Time at={until} />}
      {until && untilFix && ', '}
      {untilFix && t('untilFix')}
    </span>
  );
}

/** Whether it holds. */
export function State({ of: { state } }: { of: Decision }) {
  const { t } = useTranslation('decisionlist');
  return <span className={state === 'active' ? 'tone-good' : 'quiet'}>{t(`state_.${state}`)}</span>;
}
